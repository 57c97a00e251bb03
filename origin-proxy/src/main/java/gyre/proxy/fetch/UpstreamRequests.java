package gyre.proxy.fetch;

import gyre.proxy.cache.StoredResponse;
import gyre.proxy.coding.CodedTag;
import gyre.proxy.message.Headers;
import gyre.proxy.message.HopByHop;
import gyre.proxy.message.Interim;
import gyre.proxy.message.Request;
import gyre.wire.HeaderField;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** What of a visitor's request goes on to a server (RFC 9110, 7.6). Pure. */
record UpstreamRequests(Via via) {
  private static final Set<String> PERSONAL = Set.of("cookie", "authorization");
  private static final Set<String> SELECTING =
      Set.of(
          "range",
          "if-range",
          "if-match",
          "if-none-match",
          "if-modified-since",
          "if-unmodified-since",
          "accept-encoding");

  /** Where they do not hold, the answer is one to them. */
  private static final Set<String> REFUSING = Set.of("if-match", "if-unmodified-since");

  private static final Set<String> OURS_TO_SAY = Set.of("expect", "forwarded", "x-real-ip");
  private static final String FORWARDED = "x-forwarded-";

  /**
   * What some servers take for the request's own line, host or sender: the answer to it is not the
   * one that others would get.
   */
  private static final Set<String> OVERRIDING =
      Set.of(
          "client-ip",
          "front-end-https",
          "true-client-ip",
          "x-client-ip",
          "x-cluster-client-ip",
          "x-host",
          "x-http-host-override",
          "x-http-method",
          "x-http-method-override",
          "x-method-override",
          "x-original-host",
          "x-original-uri",
          "x-original-url",
          "x-rewrite-url",
          "x-url-scheme");

  /** The visitor's own request, with who asked for what. */
  Request passed(Request request) {
    Request onward = onward(request);
    return request.headers().lists("te", "trailers")
        ? onward.withHeaders(onward.headers().and("te", "trailers").and("connection", "te"))
        : onward;
  }

  private Request onward(Request request) {
    Predicate<HeaderField> hop = HopByHop.of(request.headers());
    Headers headers =
        CodedTag.withOriginals(request.headers())
            .changed(
                field -> hop.test(field) || isOursToSay(field),
                via.member(request.version()),
                new HeaderField("x-forwarded-for", request.sender().chain()),
                new HeaderField("x-forwarded-host", request.authority()),
                new HeaderField("x-forwarded-proto", request.scheme()),
                new HeaderField("forwarded", forwarded(request)));
    return request.withHeaders(headers).withInterim(passedOn(request.interim()));
  }

  private static boolean isOursToSay(HeaderField field) {
    String name = name(field);
    return OURS_TO_SAY.contains(name) || name.startsWith(FORWARDED);
  }

  /** As a server has it that tells {@code _} and {@code -} not apart (RFC 3875, 4.1.18). */
  private static String name(HeaderField field) {
    return field.name().replace('_', '-');
  }

  /** Whether the answer to it, as it is passed on, is the one that others get. */
  static boolean isAsOthers(Request request) {
    return request.headers().fields().stream()
        .map(UpstreamRequests::name)
        .noneMatch(name -> OVERRIDING.contains(name) || REFUSING.contains(name));
  }

  private Interim passedOn(Interim visitors) {
    return visitors.equals(Interim.NONE)
        ? Interim.NONE
        : (version, status, headers) ->
            visitors.responded(version, status, via.on(version, HopByHop.strip(headers)));
  }

  /** One element (RFC 7239): the client as this proxy knows it. */
  private static String forwarded(Request request) {
    String address = request.client().getHostAddress();
    String node = address.indexOf(':') < 0 ? address : "\"[" + address + "]\"";
    return "for=" + node + ";host=\"" + request.authority() + "\";proto=" + request.scheme();
  }

  /** The same on behalf of everybody: nothing personal, the whole identity representation. */
  Request shared(Request request) {
    Request onward = onward(request);
    return onward.withHeaders(
        onward
            .headers()
            .without(f -> PERSONAL.contains(f.name()) || SELECTING.contains(name(f)))
            .without(f -> OVERRIDING.contains(name(f)))
            .and("accept-encoding", "identity"));
  }

  /** The same, to find out whether what is stored still holds (RFC 9111, 4.3.1). */
  Request validating(Request request, StoredResponse stored) {
    Request shared = shared(request);
    Headers headers = shared.headers();
    for (String etag : stored.headers().all("etag")) {
      headers = headers.and("if-none-match", etag);
    }
    for (String modified : stored.headers().all("last-modified")) {
      headers = headers.and("if-modified-since", modified);
    }
    return shared.withHeaders(headers);
  }

  /**
   * The same from this byte on, or from the start where what {@code known} says of the
   * representation no longer holds (RFC 9110, 13.1.5).
   */
  Request rest(Request request, Headers known, long from) {
    Request shared = shared(request);
    Headers headers = shared.headers().and("range", "bytes=" + from + "-");
    Optional<String> strong = known.first("etag").filter(tag -> !tag.startsWith("W/"));
    return shared.withHeaders(strong.isPresent() ? headers.and("if-range", strong.get()) : headers);
  }

  /** The request that opens a tunnel: hop-by-hop fields, but for the upgrade (RFC 9110, 7.8). */
  Request upgrade(Request request) {
    Request onward = onward(request);
    Headers headers = onward.headers().and("connection", "Upgrade");
    for (String protocol : request.headers().all("upgrade")) {
      headers = headers.and("upgrade", protocol);
    }
    return onward.withHeaders(headers);
  }
}
