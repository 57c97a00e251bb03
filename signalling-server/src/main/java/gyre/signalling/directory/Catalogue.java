package gyre.signalling.directory;

import gyre.wire.ClientMessage;
import gyre.wire.PageResources;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the proxies of one site published: a manifest per resource and the resources of each page.
 * Bounded; the least recently used go first, and what expired is never given out.
 */
final class Catalogue {
  private static final int FLOORS = 8_192;
  private static final int ENTRY = 256;

  private final RecentlyUsed<Published> manifests;
  private final RecentlyUsed<PageResources> pages;
  private final RecentlyUsed<Long> floors = new RecentlyUsed<>(FLOORS, generation -> 1);
  private long floor;

  Catalogue(Capacity capacity) {
    this.manifests = new RecentlyUsed<>(capacity.manifestBytes(), Catalogue::weight);
    this.pages = new RecentlyUsed<>(capacity.pageResources(), page -> 1 + page.resources().size());
  }

  /**
   * Keeps the manifest unless it expired, was withdrawn, or is older than the one that is here: of
   * a lower generation, or of the same one and issued earlier.
   */
  void put(Published manifest, Instant now) {
    String resource = manifest.resource();
    long lowest = Math.max(floor, floors.find(resource).orElse(0L));
    boolean isOlder =
        manifests.find(resource).map(present -> isOlder(manifest, present)).orElse(false);
    if (manifest.expires().isAfter(now) && manifest.generation() >= lowest && !isOlder) {
      manifests.put(resource, manifest);
    }
  }

  void put(PageResources page) {
    pages.put(page.page(), page);
  }

  Optional<Published> find(String resource, Instant now) {
    return manifests.find(resource).filter(manifest -> manifest.expires().isAfter(now));
  }

  List<String> resourcesOf(String page) {
    return pages.find(page).map(PageResources::resources).orElse(List.of());
  }

  void withdraw(ClientMessage.Withdraw withdrawal) {
    long generation = withdrawal.generation();
    if (withdrawal.resources().isEmpty()) {
      floor = Math.max(floor, generation);
      manifests.removeIf(manifest -> manifest.generation() < generation);
      return;
    }
    for (String resource : withdrawal.resources()) {
      floors.put(resource, Math.max(generation, floors.find(resource).orElse(0L)));
      if (manifests
          .find(resource)
          .map(present -> present.generation() < generation)
          .orElse(false)) {
        manifests.remove(resource);
      }
    }
  }

  void expire(Instant now) {
    manifests.removeIf(manifest -> !manifest.expires().isAfter(now));
  }

  int size() {
    return manifests.size();
  }

  int pageCount() {
    return pages.size();
  }

  private static boolean isOlder(Published manifest, Published present) {
    return manifest.generation() < present.generation()
        || (manifest.generation() == present.generation()
            && manifest.issued().isBefore(present.issued()));
  }

  private static long weight(Published manifest) {
    return manifest.encoded().length() + 2L * manifest.resource().length() + ENTRY;
  }
}
