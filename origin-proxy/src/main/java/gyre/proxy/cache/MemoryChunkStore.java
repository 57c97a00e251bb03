package gyre.proxy.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The chunk store in memory: Caffeine (W-TinyLFU), weighed by bytes. */
public final class MemoryChunkStore implements ChunkStore {
  private static final int OVERHEAD = 512;

  private final long capacity;
  private final Consumer<ContentName> onLoss;
  private final LongAdder bytes = new LongAdder();
  private final Cache<ContentName, Representation> held;

  /** {@code onLoss} is told, on any thread, what left the store by itself or by removal. */
  public MemoryChunkStore(long capacity, Consumer<ContentName> onLoss) {
    this.capacity = capacity;
    this.onLoss = onLoss;
    this.held =
        Caffeine.newBuilder()
            .maximumWeight(capacity)
            .weigher((ContentName name, Representation r) -> weight(r))
            .executor(Runnable::run)
            .removalListener(this::removed)
            .build();
  }

  private static int weight(Representation representation) {
    return Math.toIntExact(Math.min(Integer.MAX_VALUE, representation.size() + OVERHEAD));
  }

  private void removed(
      @Nullable ContentName name, @Nullable Representation content, RemovalCause cause) {
    if (name == null || content == null) {
      return;
    }
    bytes.add(-content.size());
    if (cause != RemovalCause.REPLACED) {
      onLoss.accept(name);
    }
  }

  /** The largest representation that is worth keeping: one must not drive out all others. */
  public long largest() {
    return capacity / 4;
  }

  @Override
  public void put(ContentName name, Representation representation) {
    if (representation.size() <= largest()) {
      bytes.add(representation.size());
      held.put(name, representation);
    }
  }

  @Override
  public Optional<Representation> find(ContentName name) {
    return Optional.ofNullable(held.getIfPresent(name));
  }

  @Override
  public Optional<Representation> atOnce(ContentName name) {
    return find(name);
  }

  @Override
  public boolean holds(ContentName name) {
    return held.policy().getIfPresentQuietly(name) != null;
  }

  @Override
  public Set<ContentName> names() {
    return Set.copyOf(held.asMap().keySet());
  }

  /** Whether it fits without driving anything out. */
  public boolean hasRoomFor(Representation content) {
    return bytes() + held.estimatedSize() * OVERHEAD + weight(content) <= capacity;
  }

  /** The names most often asked for of late, so many at most. */
  public Collection<ContentName> hottest(int most) {
    return held.policy().eviction().map(by -> by.hottest(most).keySet()).orElse(Set.of());
  }

  @Override
  public void remove(ContentName name) {
    held.invalidate(name);
  }

  @Override
  public void clear() {
    held.invalidateAll();
  }

  @Override
  public long bytes() {
    return bytes.sum();
  }

  @Override
  public void close() {
    clear();
  }
}
