package gyre.proxy.fetch;

import gyre.operations.config.SiteConfig;
import gyre.proxy.cache.Representation;
import gyre.proxy.cache.StoredResponse;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.wire.HeaderField;
import java.time.InstantSource;
import java.util.Optional;

/** Answers from what is stored. {@link #now} never blocks, and may be read without blocking. */
final class StoredFlow {
  private final Negotiation negotiation;
  private final ResourceFetch fetch;
  private final InstantSource clock;

  StoredFlow(Negotiation negotiation, ResourceFetch fetch, InstantSource clock) {
    this.negotiation = negotiation;
    this.fetch = fetch;
    this.clock = clock;
  }

  /** From memory; empty where the content has to be coded first. */
  Optional<Response> now(
      Request request, StoredResponse stored, Representation content, HeaderField member) {
    return negotiation.now(
        request, stored.content(), content, selected(stored, new Whole(content), member));
  }

  /** From wherever it is: what cannot be read of it, the upstream provides. May take its time. */
  Answered answer(
      Request request,
      SiteConfig site,
      StoredResponse stored,
      Representation content,
      HeaderField member) {
    UpstreamChunks.Rest rest = from -> fetch.rest(request, site, stored.headers(), from);
    Selected selected = selected(stored, new Whole(content, Optional.of(rest)), member);
    return new Answered(
        Source.HIT,
        negotiation
            .now(request, stored.content(), content, selected)
            .orElseGet(() -> negotiation.later(request, selected)));
  }

  private Selected selected(StoredResponse stored, Whole content, HeaderField member) {
    return new Selected(
        stored.status(), stored.headers(), content, stored.age(clock.instant()), member);
  }
}
