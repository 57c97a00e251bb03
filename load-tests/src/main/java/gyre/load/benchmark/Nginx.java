package gyre.load.benchmark;

import gyre.load.process.Await;
import gyre.load.process.Ports;
import gyre.load.process.ProcessTree;
import gyre.operations.start.StartFailure;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** nginx as a caching reverse proxy of the same upstream: what origin-proxy is measured beside. */
final class Nginx implements AutoCloseable {
  private final Process process;
  private final int port;

  private Nginx(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static Nginx start(Path folder, URI upstream, int port) {
    try {
      Path home = Files.createDirectories(folder.resolve("nginx"));
      Path config = Files.writeString(home.resolve("nginx.conf"), config(home, upstream, port));
      List<String> command =
          List.of("/usr/sbin/nginx", "-p", home.toString(), "-c", config.toString());
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(home.resolve("nginx.log").toFile())
              .start();
      Nginx nginx = new Nginx(process, port);
      Await.until("nginx listens", Duration.ofSeconds(10), () -> !Ports.isFree(port));
      return nginx;
    } catch (IOException e) {
      throw new StartFailure(
          "cannot run nginx (" + e.getMessage() + "); apt-get install nginx-light", e);
    }
  }

  private static String config(Path home, URI upstream, int port) {
    return """
        daemon off;
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
        .formatted(home, upstream, port);
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + port);
  }

  ProcessTree processes() {
    return new ProcessTree(process.toHandle());
  }

  @Override
  public void close() {
    List<ProcessHandle> workers = process.descendants().toList();
    process.destroy();
    workers.forEach(ProcessHandle::destroy);
  }
}
