package gyre.proxy.swarm;

import gyre.wire.manifest.ChunkList;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which chunks of one representation are wanted, fetched and waiting, shared by the threads that
 * fetch and the one that reads in order. Fetching runs at most {@link #AHEAD} chunks ahead of
 * reading.
 */
final class Stripes {
  /** Chunks that one request asks for at most: 1 MiB. */
  static final int RUN = 16;

  static final int AHEAD = 64;

  /** Neighbouring chunks for one request. */
  record Run(int first, int count) {}

  private final ChunkList chunks;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final TreeSet<Integer> wanted = new TreeSet<>();
  private final Map<Integer, byte[]> ready = new HashMap<>();
  private int next;
  private int fetching;
  private int underWay;
  private String lastFailure = "nobody holds it";
  private boolean closed;

  Stripes(ChunkList chunks) {
    this.chunks = chunks;
    for (int i = 0; i < chunks.count(); i++) {
      wanted.add(i);
    }
  }

  ChunkList chunks() {
    return chunks;
  }

  /** A thread begins to fetch; with {@link #left} it ends. */
  void joined() {
    lock.lock();
    try {
      fetching++;
    } finally {
      lock.unlock();
    }
  }

  void left() {
    lock.lock();
    try {
      fetching--;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The next chunks to ask for, waiting while reading is too far behind; empty when nothing is left
   * to ask for, or nobody wants it any more. {@code parts}: among how many it is shared.
   */
  Optional<Run> take(int parts) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed && mustWait()) {
        changed.await();
      }
      if (closed || wanted.isEmpty()) {
        return Optional.empty();
      }
      int most = Math.clamp((wanted.size() + parts - 1) / parts, 1, RUN);
      int first = wanted.removeFirst();
      int count = 1;
      while (count < most && wanted.remove(first + count)) {
        count++;
      }
      underWay++;
      return Optional.of(new Run(first, count));
    } finally {
      lock.unlock();
    }
  }

  /** Too far ahead of reading; or what others are fetching may yet come back. */
  private boolean mustWait() {
    return wanted.isEmpty() ? underWay > 0 : wanted.first() >= next + AHEAD;
  }

  /** What was taken has been fetched. */
  void finished() {
    lock.lock();
    try {
      underWay--;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** A verified chunk. */
  void put(int index, byte[] chunk) {
    lock.lock();
    try {
      if (!closed) {
        ready.put(index, chunk);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** What was taken and not fetched is wanted again. */
  void giveBack(Run run, int fetched, String reason) {
    lock.lock();
    try {
      for (int i = fetched; i < run.count(); i++) {
        wanted.add(run.first() + i);
      }
      underWay--;
      lastFailure = reason;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the next chunk in order is there; false when it will not come in time. */
  boolean awaitNext(Deadline deadline) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!ready.containsKey(next) && fetching > 0 && !closed && !deadline.hasPassed()) {
        changed.await(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
      }
      return ready.containsKey(next);
    } finally {
      lock.unlock();
    }
  }

  /** The next chunk in order; empty where {@link #awaitNext} would say false within the time. */
  Optional<ByteBuffer> takeNext(Duration patience) throws InterruptedException {
    if (!awaitNext(Deadline.in(patience))) {
      return Optional.empty();
    }
    lock.lock();
    try {
      byte[] chunk = ready.remove(next);
      next++;
      changed.signalAll();
      return Optional.ofNullable(chunk).map(ByteBuffer::wrap);
    } finally {
      lock.unlock();
    }
  }

  boolean isRead() {
    lock.lock();
    try {
      return next == chunks.count();
    } finally {
      lock.unlock();
    }
  }

  String lastFailure() {
    lock.lock();
    try {
      return lastFailure;
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      ready.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
