package gyre.proxy.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import gyre.operations.admin.AdminServer;
import gyre.operations.start.StartFailure;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/**
 * {@code POST /api/reload}: the configuration is read anew. 200 names the keys that need a restart;
 * 400 says what is wrong with the file, and nothing has changed.
 */
public final class ReloadApi implements HttpHandler {
  private final Supplier<List<String>> reload;

  /** {@code reload} gives the keys that need a restart, or a StartFailure. */
  public ReloadApi(Supplier<List<String>> reload) {
    this.reload = reload;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    if (!exchange.getRequestMethod().equals("POST")) {
      exchange.getResponseHeaders().set("Allow", "POST");
      AdminServer.text(exchange, 405, "POST reads the configuration anew\n");
      return;
    }
    try {
      List<String> waiting = reload.get();
      String rest = waiting.isEmpty() ? "" : "; needs a restart: " + String.join(", ", waiting);
      AdminServer.text(exchange, 200, "reloaded" + rest + "\n");
    } catch (StartFailure e) {
      AdminServer.text(exchange, 400, e.getMessage() + "\n");
    }
  }
}
