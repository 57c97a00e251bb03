package gyre.load.benchmark;

import gyre.load.process.Installation;
import gyre.load.process.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** workerd that answers HTTP by itself: what the ways through Gyre are measured beside. */
final class Workerd {
  private Workerd() {}

  /** The build's own workerd, which lies beside origin-proxy.jar, with one script. */
  static Rival start(Path script) throws IOException {
    Path binary = Installation.locate().jar("origin-proxy").resolveSibling("workerd");
    int port = Ports.free().http();
    Path config = Files.writeString(script.resolveSibling("workerd.capnp"), config(script, port));
    return Rival.start(
        List.of(binary.toString(), "serve", config.toString()),
        port,
        script.resolveSibling("workerd.log"));
  }

  private static String config(Path script, int port) {
    return """
        using Workerd = import "/workerd/workerd.capnp";
        const config :Workerd.Config = (
          services = [(name = "app", worker = (
            modules = [(name = "app.js", esModule = embed "%s")],
            compatibilityDate = "2026-11-01"
          ))],
          sockets = [(name = "http", address = "127.0.0.1:%d", http = (), service = "app")]
        );
        """
        .formatted(script.getFileName(), port);
  }
}
