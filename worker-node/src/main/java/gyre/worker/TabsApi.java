package gyre.worker;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import gyre.operations.admin.AdminServer;
import gyre.worker.fleet.Tab.Vitals;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code GET /api/tabs}: the tabs as JSON. {@code POST /api/tabs/kill?app=NAME}: kills the renderer
 * processes of an app's tabs, to see that others take over; from loopback only.
 */
final class TabsApi implements HttpHandler {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final WorkerFleet fleet;

  TabsApi(WorkerFleet fleet) {
    this.fleet = fleet;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String method = exchange.getRequestMethod();
    if (path.equals("/api/tabs") && method.equals("GET")) {
      AdminServer.json(exchange, 200, JSON.writeValueAsBytes(tabs()));
    } else if (path.equals("/api/tabs/kill") && method.equals("POST")) {
      kill(exchange);
    } else {
      AdminServer.text(exchange, 404, "GET /api/tabs, or POST /api/tabs/kill?app=NAME\n");
    }
  }

  private void kill(HttpExchange exchange) throws IOException {
    if (!exchange.getRemoteAddress().getAddress().isLoopbackAddress()) {
      AdminServer.text(exchange, 403, "only from this machine\n");
      return;
    }
    String query = Optional.ofNullable(exchange.getRequestURI().getQuery()).orElse("");
    boolean isAsked = query.startsWith("app=") && fleet.crash(query.substring("app=".length()));
    AdminServer.text(exchange, isAsked ? 202 : 404, isAsked ? "asked\n" : "no tab runs it\n");
  }

  private Map<String, Object> tabs() {
    List<Map<String, Object>> tabs = new ArrayList<>();
    fleet.tabs().forEach(open -> tabs.add(fields(open)));
    return Map.of("browsers", fleet.browsers(), "tabs", tabs);
  }

  private static Map<String, Object> fields(OpenTab open) {
    Vitals vitals = open.tab().vitals();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("tab", open.tab().id());
    fields.put("site", open.tab().job().site());
    fields.put("app", open.tab().job().app().toString());
    fields.put("key", open.key().id().toString());
    fields.put("registered", vitals.isRegistered());
    fields.put("peer", open.state().peer());
    fields.put("channels", open.state().channels());
    fields.put("inFlight", vitals.inFlight());
    fields.put("served", vitals.served());
    fields.put("failed", open.state().failed());
    fields.put("memory", vitals.memory());
    fields.put("tokenExpires", open.tab().tokenExpires().toString());
    fields.put("lastError", open.state().lastError());
    return fields;
  }
}
