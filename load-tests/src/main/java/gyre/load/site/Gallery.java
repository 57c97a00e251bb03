package gyre.load.site;

import gyre.wire.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** The files of the painted gallery, from the class path, kept in memory once read. */
final class Gallery {
  private static final String FOLDER = "/gyre/examples/site";
  private static final Pattern PATH = Pattern.compile("(/[a-z0-9-]+)+\\.[a-z0-9]+");
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "json", "application/json",
          "jpg", "image/jpeg",
          "png", "image/png",
          "bin", "application/octet-stream");

  private final Map<String, Optional<Asset>> assets = new ConcurrentHashMap<>();

  Optional<Asset> find(String path) {
    String file = path.equals("/") ? "/index.html" : path;
    return PATH.matcher(file).matches()
        ? assets.computeIfAbsent(file, Gallery::read)
        : Optional.empty();
  }

  private static Optional<Asset> read(String file) {
    try (InputStream stream = Gallery.class.getResourceAsStream(FOLDER + file)) {
      if (stream == null) {
        return Optional.empty();
      }
      String type = TYPES.get(file.substring(file.lastIndexOf('.') + 1));
      return Optional.ofNullable(type).map(known -> Asset.cacheable(bytesOf(stream), known));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + " of the gallery", e);
    }
  }

  private static Bytes bytesOf(InputStream stream) {
    try {
      return Bytes.owning(stream.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the gallery", e);
    }
  }
}
