package gyre.load.benchmark;

import gyre.load.process.Ports;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/** nginx, in its two roles: the caching proxy to measure beside, and the upstream of both. */
final class Nginx {
  /** What proxies keep, and what they ask the upstream for each time. */
  static final String CACHED = "/cached/";

  static final String PROXIED = "/proxied/";

  private static final String ASKED = "asked.log";

  private Nginx() {}

  /** A caching reverse proxy of this upstream, in cleartext and over TLS at two ports. */
  static Proxy proxy(Path folder, URI upstream, Certificate certificate) throws IOException {
    Path home = Files.createDirectories(folder.resolve("nginx"));
    Ports ports = Ports.free();
    String servers =
        """
        open_file_cache max=1000;
        proxy_cache_path %1$s/cache keys_zone=all:10m;
        upstream origin { server %2$s; keepalive 64; }
        server {
          listen 127.0.0.1:%3$d;
          listen 127.0.0.1:%4$d ssl http2;
          ssl_certificate %5$s;
          ssl_certificate_key %6$s;
          ssl_protocols TLSv1.2 TLSv1.3;
          proxy_http_version 1.1;
          proxy_set_header Connection "";
          location %7$s { proxy_pass http://origin; proxy_cache all; }
          location %8$s { proxy_pass http://origin; }
        }
        """
            .formatted(
                home,
                upstream.getAuthority(),
                ports.http(),
                ports.https(),
                certificate.chain(),
                certificate.key(),
                CACHED,
                PROXIED);
    return new Proxy(start(home, ports.http(), servers), ports.https());
  }

  /** nginx as a proxy. */
  record Proxy(Rival server, int tlsPort) implements AutoCloseable {
    URI address(Discipline.Protocol protocol) {
      return switch (protocol) {
        case HTTP_1 -> server.address();
        case HTTP_2 -> URI.create("https://127.0.0.1:" + tlsPort);
      };
    }

    @Override
    public void close() {
      server.close();
    }
  }

  /** A web server with files of 1 KiB, 100 KiB and 1 MiB that do not compress. */
  static Origin origin(Path folder) throws IOException {
    Path home = Files.createDirectories(folder.resolve("upstream"));
    for (String path : List.of(CACHED, PROXIED)) {
      Path files = Files.createDirectories(home.resolve("www" + path));
      Files.write(files.resolve("1k.bin"), bytes(1));
      Files.write(files.resolve("100k.bin"), bytes(100));
      Files.write(files.resolve("1m.bin"), bytes(1_024));
    }
    int port = Ports.free().http();
    String server =
        """
        open_file_cache max=1000;
        server {
          listen 127.0.0.1:%1$d;
          root %2$s/www;
          location %3$s { access_log %2$s/%5$s; add_header Cache-Control max-age=3600; }
          location %4$s { add_header Cache-Control no-store; }
        }
        """
            .formatted(port, home, CACHED, PROXIED, ASKED);
    return new Origin(start(home, port, server), home.resolve(ASKED));
  }

  /** nginx as the upstream; {@code asked}: its log of requests for what proxies keep. */
  record Origin(Rival server, Path asked) implements AutoCloseable {
    URI address() {
      return server.address();
    }

    long requestsForCached() throws IOException {
      try (var lines = Files.lines(asked)) {
        return lines.count();
      }
    }

    @Override
    public void close() {
      server.close();
    }
  }

  private static byte[] bytes(int kibibytes) {
    byte[] bytes = new byte[kibibytes << 10];
    new SplittableRandom(kibibytes).nextBytes(bytes);
    return bytes;
  }

  private static Rival start(Path home, int port, String servers) throws IOException {
    Path config = Files.writeString(home.resolve("nginx.conf"), config(home, servers));
    List<String> command =
        List.of("/usr/sbin/nginx", "-p", home.toString(), "-c", config.toString());
    return Rival.start(command, port, home.resolve("nginx.log"));
  }

  private static String config(Path home, String servers) {
    return """
        daemon off;
        %2$s
        worker_processes auto;
        worker_rlimit_nofile 20000;
        pid %1$s/nginx.pid;
        error_log %1$s/error.log;
        events { worker_connections 25000; }
        http {
          access_log off;
          sendfile on;
          tcp_nopush off;
          keepalive_requests 1000000000;
          client_body_temp_path %1$s/body;
          proxy_temp_path %1$s/proxy;
          fastcgi_temp_path %1$s/fastcgi;
          uwsgi_temp_path %1$s/uwsgi;
          scgi_temp_path %1$s/scgi;
          %3$s
        }
        """
        .formatted(home, user(), servers.indent(2).strip());
  }

  /** Started as root, its workers would become nobody, whom the folder (mode 700) keeps out. */
  private static String user() {
    return "root".equals(System.getProperty("user.name")) ? "user root;" : "";
  }
}
