package gyre.proxy.store;

import gyre.proxy.cache.ContentName;
import gyre.proxy.cache.Draft;
import gyre.proxy.cache.Drafts;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is being written to disk while it arrives: at most {@link #MOST} drafts, which together take
 * no more than half of the disk. They make their room as they grow, so that the bound of the disk
 * holds for drafts and files together. Any thread.
 */
final class DiskDrafts implements Drafts {
  private static final int MOST = 32;

  /** Room is made in steps of so many bytes, less on a small disk. */
  private static final long STEP = 16L << 20;

  /** What the drafts do to the store. */
  interface Shelf {
    /** From now on drafts take so many bytes of it. */
    void leave(long bytes);

    /** A file was given its name. By the thread that writes. */
    void placed(ContentName name, long size);

    /** What went wrong. */
    void complain(IOException failure);
  }

  private final CacheFolder folder;
  private final DiskThreads threads;
  private final Shelf shelf;
  private final long capacity;
  private final long largest;
  private int count;
  private long taken;

  DiskDrafts(CacheFolder folder, DiskThreads threads, Shelf shelf, long capacity, long largest) {
    this.folder = folder;
    this.threads = threads;
    this.shelf = shelf;
    this.capacity = capacity;
    this.largest = largest;
  }

  @Override
  public Optional<Draft> begin(OptionalLong size) {
    return size.orElse(0) <= largest && isFree()
        ? Optional.of(new DraftFile(this))
        : Optional.empty();
  }

  private synchronized boolean isFree() {
    boolean isFree = count < MOST && taken < capacity / 2;
    count += isFree ? 1 : 0;
    return isFree;
  }

  @Override
  public long largest() {
    return largest;
  }

  CacheFolder folder() {
    return folder;
  }

  DiskThreads threads() {
    return threads;
  }

  Shelf shelf() {
    return shelf;
  }

  /** Makes room for a draft that has none left; how many bytes. An IOException where none is. */
  synchronized long take() throws IOException {
    long step = Math.max(1, Math.min(STEP, capacity / 64));
    if (taken + step > capacity / 2) {
      throw new IOException("drafts take half of the disk cache already");
    }
    taken += step;
    shelf.leave(taken);
    return step;
  }

  synchronized void giveBack(long room) {
    if (room > 0) {
      taken -= room;
      shelf.leave(taken);
    }
  }

  /** A draft is over. */
  synchronized void ended() {
    count--;
  }
}
