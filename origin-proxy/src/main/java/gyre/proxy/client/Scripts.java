package gyre.proxy.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import gyre.operations.config.SiteConfig;
import gyre.operations.start.StartFailure;
import gyre.proxy.cache.Selection;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.wire.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * The visitor's client, from the class path, read and compressed once. The service worker's script
 * begins with its site's policy and keys. Any thread; never blocks after the start.
 */
public final class Scripts {
  private static final Map<String, String> FILES =
      Map.of(
          "/peer-client.js", "peer-client.js",
          "/.gyre/loader.js", "loader.js",
          "/.gyre/peer-data.js", "peer-data.js");
  private static final String SERVICE_WORKER = "/peer-sw.js";

  private record Script(Bytes plain, Bytes packed, String tag) {}

  private final Map<String, Script> scripts = new HashMap<>();
  private final byte[] serviceWorker;
  private final Cache<Bytes, Script> rendered =
      Caffeine.newBuilder().maximumSize(64).executor(Runnable::run).build();
  private final Sessions sessions;

  public Scripts(Sessions sessions) {
    this.sessions = sessions;
    FILES.forEach((path, file) -> scripts.put(path, script(read(file))));
    this.serviceWorker = read("peer-sw.js");
  }

  Optional<Response> answer(Request request, SiteConfig site) {
    if (request.path().equals(SERVICE_WORKER)) {
      Response response = answer(request, serviceWorker(site, request.host()));
      return Optional.of(
          response.withHeaders(response.headers().and("service-worker-allowed", "/")));
    }
    return Optional.ofNullable(scripts.get(request.path())).map(script -> answer(request, script));
  }

  private Script serviceWorker(SiteConfig site, String host) {
    return rendered.get(
        Bytes.owning(sessions.siteJson(site, host)), json -> serviceWorker(json.toArray()));
  }

  private Script serviceWorker(byte[] siteJson) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes("self.gyreSite=".getBytes(UTF_8));
    whole.writeBytes(siteJson);
    whole.writeBytes(";\n".getBytes(UTF_8));
    whole.writeBytes(serviceWorker);
    return script(whole.toByteArray());
  }

  private static Response answer(Request request, Script script) {
    boolean packed = request.headers().lists("accept-encoding", "gzip");
    Headers headers =
        Headers.of(
            "content-type", "text/javascript; charset=utf-8",
            "cache-control", "no-cache",
            "etag", "\"" + script.tag() + (packed ? "-gzip\"" : "\""),
            "vary", "Accept-Encoding",
            "x-content-type-options", "nosniff");
    if (Selection.of(
            request.withHeaders(request.headers().without("range")),
            200,
            headers,
            OptionalLong.empty())
        instanceof Selection.NotModified) {
      return new Response(304, headers.without("content-type"), Body.EMPTY);
    }
    return packed
        ? new Response(
            200, headers.and("content-encoding", "gzip"), Body.of(script.packed().buffer()))
        : new Response(200, headers, Body.of(script.plain().buffer()));
  }

  private static byte[] read(String file) {
    try (InputStream in = Scripts.class.getResourceAsStream("/gyre/client/" + file)) {
      if (in == null) {
        throw new StartFailure(
            "the client's script " + file + " is not in this jar; build peer-client-js first");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Script script(byte[] plain) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new SmallestGzip(packed)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(plain);
      String tag = Base64.getUrlEncoder().withoutPadding().encodeToString(hash).substring(0, 22);
      return new Script(Bytes.owning(plain), Bytes.owning(packed.toByteArray()), tag);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Compressed once and sent often: at level 9. */
  private static final class SmallestGzip extends GZIPOutputStream {
    SmallestGzip(OutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_COMPRESSION);
    }
  }
}
