package gyre.load.benchmark;

import gyre.load.process.Installation;
import gyre.operations.start.StartFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import picocli.CommandLine.Command;

/** {@code gyre load size}: what a visitor downloads of Gyre, gzipped, beside its budget. */
@Command(
    name = "size",
    mixinStandardHelpOptions = true,
    description = "The client scripts, gzipped, beside their budget.")
public final class SizeBenchmark implements Callable<Integer> {
  private static final int BUDGET = 25_000;
  private static final List<String> SCRIPTS =
      List.of("loader.js", "peer-client.js", "peer-sw.js", "peer-data.js");

  @Override
  public Integer call() {
    Path jar = Installation.locate().jar("origin-proxy");
    int total = 0;
    System.out.printf("%-16s %10s %10s%n", "script", "bytes", "gzipped");
    try (ZipFile scripts = new ZipFile(jar.toFile())) {
      for (String script : SCRIPTS) {
        byte[] code = read(scripts, "gyre/client/" + script);
        int gzipped = gzipped(code);
        total += gzipped;
        System.out.printf("%-16s %10d %10d%n", script, code.length, gzipped);
      }
    } catch (IOException e) {
      throw new StartFailure(jar + ": cannot be read (" + e + ")", e);
    }
    System.out.printf("%-16s %10s %10d of %d%n", "in all", "", total, BUDGET);
    return 0;
  }

  private static byte[] read(ZipFile jar, String name) throws IOException {
    ZipEntry entry = jar.getEntry(name);
    if (entry == null) {
      throw new IOException("it has no " + name);
    }
    try (InputStream in = jar.getInputStream(entry)) {
      return in.readAllBytes();
    }
  }

  private static int gzipped(byte[] code) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new SmallestGzip(packed)) {
      gzip.write(code);
    }
    return packed.size();
  }

  /** As origin-proxy sends them: at level 9. */
  private static final class SmallestGzip extends GZIPOutputStream {
    SmallestGzip(OutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_COMPRESSION);
    }
  }
}
