package gyre.proxy.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import gyre.proxy.cache.ContentName;
import gyre.proxy.cache.Representation;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What the disk holds, or is about to: which one goes is Caffeine's choice (W-TinyLFU), by blocks
 * of 4 KiB and so that there are at most {@link #ENTRIES} files. Any thread; it touches no disk.
 */
final class DiskIndex {
  private static final int BLOCK = 4 << 10;
  private static final int ENTRIES = 1 << 18;

  private final long capacity;
  private final BiConsumer<ContentName, Entry> onGone;
  private final Cache<ContentName, Entry> entries;
  private final LongAdder bytes = new LongAdder();

  /** One representation; {@code arriving} until it is in its file. */
  static final class Entry {
    private final long size;
    private volatile Optional<Representation> arriving;

    private Entry(long size, Optional<Representation> arriving) {
      this.size = size;
      this.arriving = arriving;
    }

    Optional<Representation> arriving() {
      return arriving;
    }

    void arrived() {
      arriving = Optional.empty();
    }
  }

  /**
   * {@code capacity}: bytes. {@code onGone} is told what left, and was not replaced, by the thread
   * that made it leave.
   */
  DiskIndex(long capacity, BiConsumer<ContentName, Entry> onGone) {
    this.capacity = capacity;
    this.onGone = onGone;
    long least = Math.max(1, capacity / BLOCK / ENTRIES);
    this.entries =
        Caffeine.newBuilder()
            .maximumWeight(capacity / BLOCK)
            .weigher((ContentName name, Entry entry) -> blocks(entry.size, least))
            .executor(Runnable::run)
            .removalListener(this::removed)
            .build();
  }

  private static int blocks(long size, long least) {
    return Math.toIntExact(Math.max(least, (ContentFile.length(size) + BLOCK - 1) / BLOCK));
  }

  private void removed(@Nullable ContentName name, @Nullable Entry entry, RemovalCause cause) {
    if (name != null && entry != null) {
      bytes.add(-entry.size);
      if (cause != RemovalCause.REPLACED) {
        onGone.accept(name, entry);
      }
    }
  }

  /** So many bytes of the capacity are taken otherwise. */
  void leave(long taken) {
    entries.policy().eviction().ifPresent(by -> by.setMaximum((capacity - taken) / BLOCK));
  }

  /** What is in its file; nothing where it is known already. */
  void placed(ContentName name, long size) {
    if (entries.asMap().putIfAbsent(name, new Entry(size, Optional.empty())) == null) {
      bytes.add(size);
    }
  }

  /** What is to be written, and can be read meanwhile. */
  Entry arrives(ContentName name, Representation content) {
    Entry entry = new Entry(content.size(), Optional.of(content));
    bytes.add(entry.size);
    entries.put(name, entry);
    return entry;
  }

  /** Counts as a use. */
  Optional<Entry> find(ContentName name) {
    return Optional.ofNullable(entries.getIfPresent(name));
  }

  /** Counts as none. */
  Optional<Entry> held(ContentName name) {
    return Optional.ofNullable(entries.policy().getIfPresentQuietly(name));
  }

  /** Whether it is this one that is held. */
  boolean holds(ContentName name, Entry entry) {
    return entry.equals(entries.policy().getIfPresentQuietly(name));
  }

  boolean remove(ContentName name) {
    return entries.asMap().remove(name) != null;
  }

  /** Where it has not been replaced. */
  void remove(ContentName name, Entry entry) {
    entries.asMap().remove(name, entry);
  }

  void clear() {
    entries.invalidateAll();
  }

  Set<ContentName> names() {
    return Set.copyOf(entries.asMap().keySet());
  }

  long bytes() {
    return bytes.sum();
  }
}
