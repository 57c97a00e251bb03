package gyre.proxy.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import gyre.operations.admin.AdminServer;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;

/**
 * {@code POST /api/keys/rotate?site=ID}: a new signing key is published now and signs one longest
 * manifest lifetime later; the one before is told for one more.
 */
public final class KeysApi implements HttpHandler {

  /** False where there is no such site. */
  @FunctionalInterface
  public interface Rotation {
    boolean rotate(String site) throws SQLException;
  }

  private final Rotation rotation;

  public KeysApi(Rotation rotation) {
    this.rotation = rotation;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    if (!exchange.getRequestMethod().equals("POST")) {
      exchange.getResponseHeaders().set("Allow", "POST");
      AdminServer.text(exchange, 405, "POST rotates the signing key of ?site=ID\n");
      return;
    }
    String query = Optional.ofNullable(exchange.getRequestURI().getQuery()).orElse("");
    String site = query.startsWith("site=") ? query.substring("site=".length()) : "";
    try {
      boolean known = rotation.rotate(site);
      AdminServer.text(
          exchange,
          known ? 200 : 404,
          known
              ? "the next key is published\n"
              : "there is no site '" + site + "'; say ?site=ID\n");
    } catch (SQLException e) {
      AdminServer.text(exchange, 500, "the key was not stored: " + e.getMessage() + "\n");
    }
  }
}
