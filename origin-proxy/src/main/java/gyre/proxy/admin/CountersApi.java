package gyre.proxy.admin;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import gyre.operations.admin.AdminServer;
import gyre.proxy.cache.ResponseCache;
import gyre.proxy.fetch.Counters;
import java.io.IOException;
import java.util.Map;

/**
 * {@code GET /api/counters}: answers and body bytes by source, the same by kind of content, and
 * what the cache holds.
 */
public final class CountersApi implements HttpHandler {
  private final Counters counters;
  private final ResponseCache cache;
  private final ObjectMapper json = new ObjectMapper();

  public CountersApi(Counters counters, ResponseCache cache) {
    this.counters = counters;
    this.cache = cache;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    AdminServer.json(
        exchange,
        200,
        json.writeValueAsBytes(
            Map.of(
                "sources", counters.bySource(),
                "kinds", counters.byKind(),
                "cache", Map.of("bytes", cache.bytes(), "entries", cache.entries()))));
  }
}
