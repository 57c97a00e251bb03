package gyre.signalling;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import gyre.operations.admin.AdminServer;
import gyre.signalling.directory.Census;
import gyre.signalling.session.SignallingServer;
import gyre.wire.AppId;
import gyre.wire.PeerId;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** {@code /api/swarm} of the admin endpoint: what there is, as JSON. */
final class SwarmApi implements HttpHandler {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final ObjectMapper json =
      new ObjectMapper()
          .registerModule(
              new SimpleModule()
                  .addSerializer(PeerId.class, new ToStringSerializer())
                  .addSerializer(AppId.class, new ToStringSerializer()));
  private final SignallingServer server;

  SwarmApi(SignallingServer server) {
    this.server = server;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try {
      Census census = server.census(PATIENCE);
      AdminServer.json(exchange, 200, json.writeValueAsBytes(census));
    } catch (TimeoutException busy) {
      AdminServer.text(exchange, 503, "the directory has too much to do; ask again\n");
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      AdminServer.text(exchange, 503, "the server is ending\n");
    }
  }
}
