package gyre.proxy.http.exchange;

import gyre.proxy.message.Headers;
import gyre.proxy.message.HttpVersion;
import gyre.wire.Limits;
import java.util.List;
import java.util.Optional;

/** Field sections read as the heads of requests (RFC 9113, 8.3.1; RFC 9114, 4.3.1). Pure. */
public final class RequestSections {
  private RequestSections() {}

  /** What a field section turned out to be. */
  public sealed interface Read {
    record Head(RequestHead head) implements Read {}

    /** A request that is not served: this status, for this reason. */
    record Refused(Refusal refusal) implements Read {}

    /** No request at all (RFC 9113, 8.1.1; RFC 9114, 4.1.2): its stream ends with an error. */
    record Malformed(Refusal refusal) implements Read {}
  }

  /** {@code scheme} is that of the connection; {@code ended}: nothing follows the section. */
  public static Read read(FieldSection section, String scheme, boolean ended) {
    Headers headers = section.fields();
    if (section.fault().isPresent()) {
      Refusal fault = section.fault().get();
      return fault.status() == 400 ? new Read.Malformed(fault) : new Read.Refused(fault);
    }
    if (section.requestMethod().isEmpty()
        || section.requestScheme().isEmpty()
        || section.requestPath().isEmpty()) {
      return malformed("a pseudo-header field is missing");
    }
    if (!isHttp(section.requestScheme())) {
      return refused(400, "not a scheme that is served");
    }
    if (!isToken(section.requestMethod())) {
      return refused(400, "not a method");
    }
    if (!section.requestProtocol().isEmpty()) {
      return tunnel(section, headers, scheme, ended);
    }
    Framing framing = ended ? new Framing.None() : new Framing.Delimited();
    return target(section, headers, scheme, framing);
  }

  /** An extended CONNECT (RFC 8441, 4); an unknown protocol's status is that of RFC 9220, 3. */
  private static Read tunnel(FieldSection section, Headers headers, String scheme, boolean ended) {
    if (!section.requestMethod().equals("CONNECT")) {
      return malformed(":protocol without CONNECT");
    }
    if (section.version() == HttpVersion.HTTP_3) {
      return refused(501, "a tunnel needs HTTP/1.1 or HTTP/2");
    }
    if (!section.requestProtocol().equalsIgnoreCase("websocket")) {
      return refused(501, "not a protocol that is tunnelled");
    }
    if (ended || headers.contains("content-length")) {
      return refused(400, "a WebSocket has a stream, not content");
    }
    return switch (target(section, headers, scheme, new Framing.Tunnel())) {
      case Read.Head(RequestHead head) -> new Read.Head(head.asUpgrade("websocket"));
      case Read.Refused refused -> refused;
      case Read.Malformed malformed -> malformed;
    };
  }

  private static Read target(
      FieldSection section, Headers headers, String scheme, Framing framing) {
    String path = section.requestPath();
    if (path.length() > Limits.TARGET) {
      return refused(414, "the target is longer than " + Limits.TARGET + " bytes");
    }
    boolean isAsterisk = path.equals("*") && section.requestMethod().equals("OPTIONS");
    if (!isAsterisk && (path.charAt(0) != '/' || !isTarget(path))) {
      return malformed("not a request target");
    }
    List<String> hosts = headers.all("host");
    Optional<String> host = hosts.stream().findFirst();
    Optional<String> told = section.requestAuthority().or(() -> host);
    if (told.isEmpty() || hosts.size() > 1) {
      return refused(400, told.isEmpty() ? "no authority" : "more than one Host");
    }
    Optional<String> authority = Authority.normalized(told.get(), scheme);
    if (authority.isEmpty()) {
      return refused(400, "not a valid authority");
    }
    if (host.isPresent() && !Authority.normalized(host.get(), scheme).equals(authority)) {
      return malformed("Host and :authority differ");
    }
    Headers named = host.isPresent() ? headers : headers.and("host", told.get());
    return framed(
        new RequestHead(
            section.requestMethod(), authority.get(), path, named, framing, section.version()));
  }

  /** With the length that it tells, if it has content. */
  private static Read framed(RequestHead head) {
    List<String> lengths = head.headers().all("content-length");
    boolean ended = head.framing() instanceof Framing.None;
    if (lengths.size() > 1) {
      return malformed("more than one Content-Length");
    }
    if (lengths.isEmpty()) {
      return new Read.Head(head);
    }
    String text = lengths.getFirst();
    if (text.isEmpty() || text.length() > 18 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return malformed("not a Content-Length");
    }
    long length = Long.parseLong(text);
    if (ended && length > 0) {
      return malformed("a Content-Length without content");
    }
    return new Read.Head(ended ? head : head.withLength(length));
  }

  private static boolean isHttp(String scheme) {
    return scheme.equals("https") || scheme.equals("http");
  }

  private static boolean isToken(String text) {
    return text.length() <= Limits.METHOD
        && text.chars().allMatch(c -> c < 0x80 && Grammar.isToken((byte) c));
  }

  private static boolean isTarget(String path) {
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c <= ' ' || c >= 0x7f || c == '#') {
        return false;
      }
    }
    return true;
  }

  private static Read refused(int status, String reason) {
    return new Read.Refused(new Refusal(status, reason));
  }

  private static Read malformed(String reason) {
    return new Read.Malformed(new Refusal(400, reason));
  }
}
