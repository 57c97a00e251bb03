package gyre.proxy.upstream;

import gyre.operations.config.SiteConfig;
import gyre.proxy.fetch.Lease;
import gyre.proxy.fetch.UpstreamHost;
import gyre.proxy.fetch.UpstreamSource;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Patience;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.wire.HeaderField;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The upstreams of one site. A request that reached none goes to the next; so does one that may go
 * out again where its connection ended before one byte of an answer. None is repeated after a
 * deadline: the server may still be at work.
 */
public final class SiteUpstream implements UpstreamSource, AutoCloseable {
  private final HttpClient client;
  private final SiteConfig site;
  private final SiteServers servers;
  private final Optional<HealthChecks> checks;
  private final Map<URI, Endpoint> endpoints = new HashMap<>();
  private final Map<URI, Endpoint> streams = new HashMap<>();

  public SiteUpstream(
      HttpClient client, SiteConfig site, InstantSource clock, MeterRegistry metrics) {
    this.client = client;
    this.site = site;
    site.upstreams().forEach(server -> endpoints.put(server, Endpoint.of(server, false)));
    site.upstreams().forEach(server -> streams.put(server, Endpoint.of(server, true)));
    this.servers = new SiteServers(site, clock, metrics);
    this.checks =
        site.upstream().health().map(health -> HealthChecks.start(client, site, health, servers));
  }

  @Override
  public Response fetch(Request request) throws IOException {
    return fetch(request, Patience.USUAL);
  }

  @Override
  public Response fetch(Request request, Patience patience) throws IOException {
    Optional<IOException> last = Optional.empty();
    Set<Integer> tried = HashSet.newHashSet(site.upstreams().size());
    while (true) {
      Optional<Lease> lease = servers.lease(tried);
      if (lease.isEmpty()) {
        throw last.orElseGet(
            () -> new ConnectException("the site " + site.id() + " has no upstream"));
      }
      try {
        return ask(lease.get(), request, patience);
      } catch (ConnectException e) {
        last = Optional.of(e);
      } catch (NoResponseException e) {
        if (!HttpClient.mayGoAgain(request, e)) {
          throw e;
        }
        last = Optional.of(e);
      }
    }
  }

  private Response ask(Lease lease, Request request, Patience patience) throws IOException {
    URI server = lease.server();
    boolean isHandedOn = false;
    try {
      Response response =
          client.fetch(
              endpoint(server, request), UpstreamHost.set(site, server, request), patience);
      lease.answered();
      Response handedOn = handedOn(response, request, lease);
      isHandedOn = true;
      return handedOn;
    } catch (ConnectException | NoResponseException | SocketTimeoutException e) {
      lease.failed(e.getMessage());
      throw e;
    } finally {
      if (!isHandedOn) {
        lease.close();
      }
    }
  }

  @Override
  public Runnable begin(Request request, Patience patience, Receiver receiver) {
    Optional<Lease> lease = servers.lease(HashSet.newHashSet(1));
    if (lease.isEmpty()) {
      receiver.undone();
      return () -> {};
    }
    URI server = lease.get().server();
    Endpoint endpoint = endpoint(server, request);
    if (endpoint instanceof Endpoint.H2 || !HttpClient.isRepeatable(request)) {
      lease.get().close();
      receiver.undone();
      return () -> {};
    }
    Runnable giveUp =
        client.begin(
            endpoint,
            UpstreamHost.set(site, server, request),
            patience,
            new Asked(lease.get(), request, receiver));
    return () -> {
      giveUp.run();
      lease.get().close();
    };
  }

  private Response handedOn(Response response, Request request, Lease lease) throws IOException {
    try {
      return LeasedBody.on(
          response.withHeaders(ownLocations(response.headers(), lease.server(), request)), lease);
    } catch (IllegalArgumentException e) {
      response.body().close();
      throw new IOException(lease.server() + ": a redirect beyond the limits", e);
    }
  }

  /** Tells the servers how it went. What no server answered is another one's to answer. */
  private final class Asked implements Receiver {
    private final Lease lease;
    private final Request request;
    private final Receiver receiver;

    Asked(Lease lease, Request request, Receiver receiver) {
      this.lease = lease;
      this.request = request;
      this.receiver = receiver;
    }

    @Override
    public void responded(Response response) {
      lease.answered();
      try {
        receiver.responded(handedOn(response, request, lease));
      } catch (IOException e) {
        failed(e);
      }
    }

    @Override
    public void failed(IOException reason) {
      boolean isUnanswered =
          reason instanceof ConnectException || reason instanceof NoResponseException;
      if (isUnanswered || reason instanceof SocketTimeoutException) {
        lease.failed(reason.getMessage());
      }
      lease.close();
      if (reason instanceof NoResponseException || (isUnanswered && hasOthers())) {
        receiver.undone();
      } else {
        receiver.failed(reason);
      }
    }

    @Override
    public void undone() {
      lease.close();
      receiver.undone();
    }
  }

  private boolean hasOthers() {
    return site.upstreams().size() > 1;
  }

  /** A gRPC call needs HTTP/2, which a server with TLS may be asked for (RFC 7301). */
  private Endpoint endpoint(URI server, Request request) {
    boolean isGrpc = request.headers().first("content-type").filter(Grpc::is).isPresent();
    boolean wantsH2 =
        switch (site.upstream().protocol()) {
          case AUTO -> isGrpc && "https".equals(server.getScheme());
          case H2 -> true;
        };
    return (wantsH2 ? streams : endpoints).get(server);
  }

  @Override
  public Supplier<Optional<Lease>> leases(SiteConfig mine) {
    Set<Integer> tried = HashSet.newHashSet(site.upstreams().size());
    return () -> servers.lease(tried);
  }

  /** A redirect to the server's own address is one to the visitor's. */
  private Headers ownLocations(Headers headers, URI server, Request request) {
    if (!headers.contains("location")) {
      return headers;
    }
    String theirs =
        server.getScheme().replace("h2c", "http") + "://" + UpstreamHost.of(site, server, request);
    String ours = request.scheme() + "://" + request.authority();
    if (theirs.equals(ours)) {
      return headers;
    }
    return new Headers(
        headers.fields().stream().map(field -> ownLocation(field, theirs, ours)).toList());
  }

  private static HeaderField ownLocation(HeaderField field, String theirs, String ours) {
    String value = field.value();
    boolean isTheirs =
        field.name().equals("location") && (value.equals(theirs) || value.startsWith(theirs + "/"));
    return isTheirs ? new HeaderField("location", ours + value.substring(theirs.length())) : field;
  }

  @Override
  public void close() {
    checks.ifPresent(HealthChecks::close);
    servers.close();
  }
}
