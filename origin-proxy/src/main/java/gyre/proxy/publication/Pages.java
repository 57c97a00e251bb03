package gyre.proxy.publication;

import gyre.wire.Limits;
import gyre.wire.PageResources;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;

/**
 * Which resources the pages of one site were seen to ask for. Any thread. At most {@link #PAGES}
 * pages, the longest unused forgotten first.
 */
final class Pages {
  private static final int PAGES = 2_048;

  private final Map<String, SequencedSet<String>> resources =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, SequencedSet<String>> eldest) {
          return size() > PAGES;
        }
      };
  private final SequencedSet<String> changed = new LinkedHashSet<>();

  /** Names that are no resource (PROTOCOL.md, section 1) are left out. */
  synchronized void seen(String page, String resource) {
    if (!isResource(page) || !isResource(resource)) {
      return;
    }
    SequencedSet<String> known = resources.computeIfAbsent(page, _ -> new LinkedHashSet<>());
    if (known.size() < Limits.PAGE_RESOURCES && known.add(resource)) {
      changed.add(page);
    }
  }

  private static boolean isResource(String name) {
    return name.length() <= Limits.RESOURCE && name.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  /** All pages are to be told again. */
  synchronized void again() {
    changed.addAll(resources.keySet());
  }

  /** Changed pages, at most so many, with at most so many bytes of names together. */
  synchronized List<PageResources> take(int most, int bytes) {
    List<PageResources> taken = new ArrayList<>();
    int left = bytes;
    while (taken.size() < most && !changed.isEmpty()) {
      String page = changed.getFirst();
      List<String> known = List.copyOf(resources.getOrDefault(page, new LinkedHashSet<>()));
      List<String> fitting = new ArrayList<>();
      int size = 8 + page.length();
      for (String resource : known) {
        size += 3 + resource.length();
        if (size <= bytes) {
          fitting.add(resource);
        }
      }
      if (size > left && !taken.isEmpty()) {
        return taken;
      }
      changed.removeFirst();
      if (!fitting.isEmpty()) {
        taken.add(new PageResources(page, fitting));
      }
      left -= size;
    }
    return taken;
  }
}
