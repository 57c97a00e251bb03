package gyre.proxy.publication;

import gyre.wire.Bytes;
import gyre.wire.ClientMessage;
import gyre.wire.Limits;
import gyre.wire.PageResources;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.function.Function;

/**
 * What the swarm has yet to be told of one site: withdrawals first, then manifests, then pages, in
 * messages within the protocol's limits. Owned by {@link SitePublication}, whose lock guards it;
 * pages may be seen on any thread.
 */
final class Untold {
  /** Leaves room for the envelope within {@link Limits#SIGNALLING_FRAME}. */
  private static final int BATCH = 60_000;

  private final Pages pages = new Pages();
  private final SequencedSet<String> manifests = new LinkedHashSet<>();
  private final List<ClientMessage.Withdraw> withdrawals = new ArrayList<>();

  Pages pages() {
    return pages;
  }

  /** The manifest of this resource is new. */
  void add(String resource) {
    manifests.add(resource);
  }

  void remove(String resource) {
    manifests.remove(resource);
  }

  /** What was signed of these resources, or of all where none is named, counts no more. */
  void withdraw(long generation, List<String> resources) {
    if (resources.isEmpty()) {
      withdrawals.add(new ClientMessage.Withdraw(generation, List.of()));
    }
    for (int i = 0; i < resources.size(); i += Limits.WITHDRAW_RESOURCES) {
      int end = Math.min(resources.size(), i + Limits.WITHDRAW_RESOURCES);
      withdrawals.add(new ClientMessage.Withdraw(generation, resources.subList(i, end)));
    }
  }

  /** Whoever listens now knows nothing, or what was withdrawn meanwhile. */
  void again(long generation) {
    pages.again();
    withdrawals.clear();
    if (generation > 0) {
      withdraw(generation, List.of());
    }
  }

  /** The next message; {@code manifest}: the valid one of a resource, encoded. */
  Optional<ClientMessage> next(Function<String, Optional<Bytes>> manifest) {
    if (!withdrawals.isEmpty()) {
      return Optional.of(withdrawals.removeFirst());
    }
    List<Bytes> told = new ArrayList<>();
    int left = BATCH;
    while (!manifests.isEmpty() && told.size() < Limits.PUBLISH_MANIFESTS) {
      Optional<Bytes> encoded = manifest.apply(manifests.getFirst());
      int length = encoded.map(Bytes::length).orElse(0) + 5;
      if (length > left) {
        break;
      }
      manifests.removeFirst();
      encoded.ifPresent(told::add);
      left -= length;
    }
    List<PageResources> seen = told.isEmpty() ? pages.take(Limits.PUBLISH_PAGES, BATCH) : List.of();
    return told.isEmpty() && seen.isEmpty()
        ? Optional.empty()
        : Optional.of(new ClientMessage.Publish(told, seen));
  }
}
