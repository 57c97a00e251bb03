package gyre.load.benchmark;

import gyre.load.process.Ports;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** nginx as a caching reverse proxy of the same upstream: what origin-proxy is measured beside. */
final class Nginx {
  private Nginx() {}

  static Rival start(Path folder, URI upstream) throws IOException {
    Path home = Files.createDirectories(folder.resolve("nginx"));
    int port = Ports.free().http();
    Path config = Files.writeString(home.resolve("nginx.conf"), config(home, upstream, port));
    List<String> command =
        List.of("/usr/sbin/nginx", "-p", home.toString(), "-c", config.toString());
    return Rival.start(command, port, home.resolve("nginx.log"));
  }

  private static String config(Path home, URI upstream, int port) {
    return """
        daemon off;
        %4$s
        worker_processes auto;
        pid %1$s/nginx.pid;
        error_log %1$s/error.log;
        events { worker_connections 4096; }
        http {
          access_log off;
          sendfile on;
          tcp_nopush off;
          keepalive_requests 1000000000;
          open_file_cache max=1000;
          client_body_temp_path %1$s/body;
          proxy_temp_path %1$s/proxy;
          fastcgi_temp_path %1$s/fastcgi;
          uwsgi_temp_path %1$s/uwsgi;
          scgi_temp_path %1$s/scgi;
          proxy_cache_path %1$s/cache keys_zone=all:10m;
          server {
            listen 127.0.0.1:%3$d;
            location / { proxy_pass %2$s; proxy_cache all; }
          }
        }
        """
        .formatted(home, upstream, port, user());
  }

  /** Started as root, its workers would become nobody, whom the folder (mode 700) keeps out. */
  private static String user() {
    return "root".equals(System.getProperty("user.name")) ? "user root;" : "";
  }
}
