package gyre.proxy.fetch;

import gyre.proxy.cache.Freshness;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.wire.HeaderField;
import java.time.Instant;
import java.util.function.Function;

/**
 * A response for everybody: its head, and the fill into which its {@code body} is poured by one
 * thread.
 */
record Found(
    Source source,
    int status,
    Headers headers,
    Fill content,
    Instant requested,
    Instant received,
    Body body) {

  /** Answers one request from what arrives; {@code member} says how it came, by its source. */
  Response answer(Request request, Function<Source, HeaderField> member, Negotiation negotiation) {
    return negotiation.later(
        request,
        new Selected(
            status,
            headers,
            content,
            Freshness.initialAge(headers, requested, received),
            member.apply(source)));
  }
}
