package gyre.proxy.client;

import gyre.proxy.fetch.Decision;
import gyre.proxy.fetch.OwnResources;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.route.Route;
import java.net.URI;
import java.util.Optional;

/** The paths of PROTOCOL.md, section 6. */
public final class ClientResources implements OwnResources {
  private static final String CHUNKS = "/.gyre/chunks/";
  private static final String FRAMES = "/.gyre/c/";

  private final Scripts scripts;
  private final Sessions sessions;
  private final ChunkAnswers chunks;
  private final URI signalling;

  public ClientResources(Scripts scripts, Sessions sessions, ChunkAnswers chunks, URI signalling) {
    this.scripts = scripts;
    this.sessions = sessions;
    this.chunks = chunks;
    this.signalling = signalling;
  }

  @Override
  public Decision tryNow(Request request, Route.Own route) {
    if (!request.isRead()) {
      return now(Response.text(405, "gyre: only GET and HEAD are answered here"));
    }
    String path = request.path();
    if (path.equals("/.gyre/signal")) {
      return signal(request);
    }
    if (path.equals("/.gyre/session") || path.startsWith(CHUNKS) || path.startsWith(FRAMES)) {
      return isCrossSite(request)
          ? now(Response.text(403, "gyre: asked by a page of another site"))
          : new Decision.Pending(request, route);
    }
    Optional<Response> script = scripts.answer(request, route.site());
    return now(script.orElseGet(() -> Response.text(404, "gyre: there is nothing here")));
  }

  @Override
  public Response serve(Request request, Route.Own route) {
    String path = request.path();
    if (path.startsWith(FRAMES)) {
      return chunks.frames(request, route.site(), path.substring(FRAMES.length()));
    }
    if (path.startsWith(CHUNKS)) {
      return chunks.list(route.site(), path.substring(CHUNKS.length()));
    }
    return sessions.answer(route.site(), request.host());
  }

  /** Only as an upgrade, and only for pages of the site itself. */
  private Decision signal(Request request) {
    boolean isUpgrade =
        request.method().equals("GET")
            && request.headers().lists("upgrade", "websocket")
            && request.headers().lists("connection", "upgrade")
            && request.body().equals(Body.EMPTY);
    if (!isUpgrade) {
      Response needed = Response.text(426, "gyre: this is a WebSocket");
      return now(needed.withHeaders(needed.headers().and("upgrade", "websocket")));
    }
    Optional<String> origin = request.headers().first("origin");
    if (origin.isPresent() && !isOfSite(origin.get(), request)) {
      return now(Response.text(403, "gyre: asked by a page of another site"));
    }
    return Decision.Tunnel.to(signalling, forwarded(request));
  }

  /** By host alone: in front of this proxy another one may speak TLS. */
  private static boolean isOfSite(String origin, Request request) {
    int host = origin.indexOf("://");
    return host > 0 && origin.substring(host + 3).equals(request.authority());
  }

  private static boolean isCrossSite(Request request) {
    return request.headers().first("sec-fetch-site").filter("cross-site"::equals).isPresent();
  }

  /** Only what the handshake needs: no cookie and nothing else of the visitor. */
  private Request forwarded(Request request) {
    Headers headers =
        Headers.of(
            "host",
            signalling.getAuthority(),
            "upgrade",
            "websocket",
            "connection",
            "Upgrade",
            "x-forwarded-for",
            request.client().getHostAddress());
    for (String name : new String[] {"sec-websocket-key", "sec-websocket-version"}) {
      Optional<String> value = request.headers().first(name);
      if (value.isPresent()) {
        headers = headers.and(name, value.get());
      }
    }
    String path = signalling.getRawPath();
    return new Request(
        "GET",
        request.scheme(),
        request.authority(),
        path == null || path.isEmpty() ? "/" : path,
        headers,
        Body.EMPTY,
        request.client());
  }

  private static Decision now(Response response) {
    return new Decision.Answer(response);
  }
}
