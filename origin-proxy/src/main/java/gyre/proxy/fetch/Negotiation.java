package gyre.proxy.fetch;

import gyre.proxy.cache.ContentName;
import gyre.proxy.cache.Representation;
import gyre.proxy.coding.AcceptEncoding;
import gyre.proxy.coding.CodedTag;
import gyre.proxy.coding.Coding;
import gyre.proxy.coding.Codings;
import gyre.proxy.coding.Kept;
import gyre.proxy.coding.PassingEncoder;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.wire.Limits;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * In which coding an answer leaves (RFC 9110, 12.5.3): as it is kept, coded on the fly, or as
 * identity. A request for a range gets identity: manifests, peers and other caches know its bytes
 * alone. Any thread; {@link #now} never blocks, the bodies of {@link #later} and {@link #passed}
 * may.
 */
final class Negotiation {
  /** At most, in characters. */
  private static final int ADDED = 32;

  private final Codings codings;

  Negotiation(Codings codings) {
    this.codings = codings;
  }

  /** Headers that say what else there could be, and the coding that suits; empty for identity. */
  private record Offer(Headers headers, Optional<Coding> coding) {}

  /** An answer from a store; empty where its content is to be coded first: {@link #later}. */
  Optional<Response> now(
      Request request, ContentName name, Representation content, Selected identity) {
    Offer offer = offer(request, identity.status(), identity.headers(), identity.content().size());
    if (offer.coding().isEmpty()) {
      return Optional.of(answer(request, identity, offer.headers()));
    }
    Coding coding = offer.coding().get();
    return switch (codings.find(name, content, coding)) {
      case Kept.Ready kept -> {
        Headers headers = coded(offer.headers(), coding, CodedTag::kept);
        Selected coded = identity.with(held(request, identity, headers), new Whole(kept.content()));
        yield Optional.of(StoredAnswer.of(request, coded));
      }
      case Kept.Useless useless -> Optional.of(answer(request, identity, offer.headers()));
      case Kept.Missing missing -> Optional.empty();
    };
  }

  /** An answer from a store or from what arrives, coded on the fly. */
  Response later(Request request, Selected identity) {
    Offer offer = offer(request, identity.status(), identity.headers(), identity.content().size());
    if (offer.coding().isEmpty()) {
      return answer(request, identity, offer.headers());
    }
    Coding coding = offer.coding().get();
    Headers headers = held(request, identity, coded(offer.headers(), coding, CodedTag::passing));
    Optional<PassingEncoder> encoder = codings.passing(coding); // nothing below may fail
    if (encoder.isEmpty()) {
      return answer(request, identity, offer.headers());
    }
    Response answer =
        StoredAnswer.of(
            request, identity.with(headers, new Passing(identity.content(), encoder.get())));
    if (answer.body().equals(Body.EMPTY)) {
      encoder.get().close();
    }
    return answer;
  }

  private static Response answer(Request request, Selected identity, Headers headers) {
    return StoredAnswer.of(
        request, identity.with(held(request, identity, headers), identity.content()));
  }

  /**
   * An answer that is not stored. One that belongs to somebody is left to the site's server:
   * whoever can make a visitor's browser ask, and see how long the coded answer is, could guess
   * what is secret in it (BREACH).
   */
  Response passed(Request request, Response response) {
    if (response.status() == 304) {
      return response.withHeaders(held(request, response.headers(), response.headers()));
    }
    if (isPersonal(request, response)) {
      return response;
    }
    Headers headers = response.headers();
    OptionalLong size =
        request.method().equals("HEAD") ? OptionalLong.empty() : response.body().length();
    Offer offer = offer(request, response.status(), headers, size);
    if (offer.coding().isEmpty()) {
      return response.withHeaders(offer.headers());
    }
    Coding coding = offer.coding().get();
    Headers coded = coded(offer.headers(), coding, CodedTag::passing).without("content-length");
    Optional<PassingEncoder> encoder = codings.passing(coding); // nothing below may fail
    if (encoder.isEmpty()) {
      return response.withHeaders(offer.headers());
    }
    if (request.method().equals("HEAD")) {
      encoder.get().close();
      return response.withHeaders(coded);
    }
    return new Response(response.status(), coded, encoder.get().of(response.body()));
  }

  private static boolean isPersonal(Request request, Response response) {
    return request.headers().contains("cookie")
        || request.headers().contains("authorization")
        || response.headers().contains("set-cookie");
  }

  private Offer offer(Request request, int status, Headers headers, OptionalLong size) {
    if (!codings.includes(status, headers, size) || !hasRoom(headers)) {
      return new Offer(headers, Optional.empty());
    }
    return new Offer(
        varied(headers),
        request.headers().contains("range")
                || request.headers().lists("cache-control", "no-transform")
            ? Optional.empty()
            : codings.best(AcceptEncoding.of(request.headers())));
  }

  /** For the coding's name in the tag, and for Accept-Encoding in Vary. */
  private static boolean hasRoom(Headers headers) {
    return Stream.of("etag", "vary")
        .allMatch(name -> headers.joined(name).orElse("").length() <= Limits.HEADER_VALUE - ADDED);
  }

  private static Headers varied(Headers headers) {
    if (headers.lists("vary", "accept-encoding") || headers.lists("vary", "*")) {
      return headers;
    }
    String before = headers.joined("vary").map(names -> names + ", ").orElse("");
    return headers.with("vary", before + "Accept-Encoding");
  }

  /** How the tag of an identity is written in a coding. */
  private interface Tagging {
    String of(String tag, Coding coding);
  }

  private static Headers coded(Headers headers, Coding coding, Tagging tagging) {
    Headers coded = headers.without("accept-ranges").and("content-encoding", coding.token());
    return headers
        .first("etag")
        .map(tag -> coded.with("etag", tagging.of(tag, coding)))
        .orElse(coded);
  }

  private static Headers held(Request request, Selected identity, Headers headers) {
    return held(request, identity.headers(), headers);
  }

  /**
   * The headers with the tag that the client has of the same content in a coding that it takes, or
   * of identity: then that is the one it is told about (RFC 9110, 13.1.2).
   */
  private static Headers held(Request request, Headers identity, Headers headers) {
    Optional<String> list = request.headers().joined("if-none-match");
    Optional<String> tag = identity.first("etag");
    if (list.isEmpty() || tag.isEmpty()) {
      return headers;
    }
    AcceptEncoding accepted = AcceptEncoding.of(request.headers());
    for (Coding coding : Coding.values()) {
      Optional<String> held =
          accepted.accepts(coding) ? CodedTag.in(list.get(), tag.get(), coding) : Optional.empty();
      if (held.isPresent()) {
        return headers.with("etag", held.get());
      }
    }
    return CodedTag.lists(list.get(), tag.get()) ? headers.with("etag", tag.get()) : headers;
  }

  /** Content that is coded as it is pulled: nobody knows how long it becomes. */
  private record Passing(StoredAnswer.Content plain, PassingEncoder encoder)
      implements StoredAnswer.Content {
    @Override
    public OptionalLong size() {
      return OptionalLong.empty();
    }

    @Override
    public Body bytes(long from, long length) {
      throw new IllegalStateException("a range of what is coded on the fly");
    }

    @Override
    public Body whole() {
      return encoder.of(plain.whole());
    }
  }
}
