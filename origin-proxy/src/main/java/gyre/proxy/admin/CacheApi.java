package gyre.proxy.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import gyre.operations.admin.AdminServer;
import gyre.proxy.cache.ResponseCache;
import java.io.IOException;

/**
 * {@code POST /api/cache/empty}: all content in memory and on disk is forgotten; manifests stay.
 */
public final class CacheApi implements HttpHandler {
  private final ResponseCache cache;

  public CacheApi(ResponseCache cache) {
    this.cache = cache;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    if (!exchange.getRequestMethod().equals("POST")) {
      exchange.getResponseHeaders().set("Allow", "POST");
      AdminServer.text(exchange, 405, "POST empties the cache\n");
      return;
    }
    cache.clear();
    cache.sync();
    AdminServer.text(exchange, 200, "the cache is empty\n");
  }
}
