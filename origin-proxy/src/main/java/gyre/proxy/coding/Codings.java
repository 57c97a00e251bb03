package gyre.proxy.coding;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import gyre.operations.config.CompressionConfig;
import gyre.proxy.cache.ChunkStore;
import gyre.proxy.cache.ContentName;
import gyre.proxy.cache.Representation;
import gyre.proxy.message.Headers;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The codings of answers: which responses get one, content that is kept coded, and encoders for
 * what somebody waits for, {@link #PASSING} at the most, so that slow readers cannot take all
 * memory. Any thread.
 */
public final class Codings implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Codings.class);
  static final int PASSING = 64;

  private final Compressible compressible;
  private final CodingThreads threads = new CodingThreads();
  private final Semaphore free = new Semaphore(PASSING);
  private final MeterRegistry registry;
  private final KeptCodings kept;
  private final boolean hasBrotli = Brotli4jLoader.isAvailable();

  public Codings(CompressionConfig config, ChunkStore store, MeterRegistry registry) {
    this.compressible = new Compressible(config);
    this.registry = registry;
    this.kept = new KeptCodings(store, threads, this::count);
    if (config.enabled() && !hasBrotli) {
      log.warn(
          "brotli is not available here: {}", Brotli4jLoader.getUnavailabilityCause().toString());
    }
  }

  /** Whether such a response is coded for whoever can decode it; {@code size} in bytes. */
  public boolean includes(int status, Headers headers, OptionalLong size) {
    return compressible.includes(status, headers, size);
  }

  /** The coding that suits this client best (RFC 9110, 12.5.3); empty for identity. */
  public Optional<Coding> best(AcceptEncoding accepted) {
    return accepted.best(this::isKnown);
  }

  private boolean isKnown(Coding coding) {
    return switch (coding) {
      case ZSTD, GZIP -> true;
      case BR -> hasBrotli;
    };
  }

  /**
   * The content as it is kept in this coding. Where there is none yet it is made, for later ones.
   * Never blocks.
   */
  public Kept find(ContentName identity, Representation content, Coding coding) {
    Kept found = kept.find(identity, coding);
    if (found instanceof Kept.Missing) {
      kept.make(identity, content, coding);
    }
    return found;
  }

  /** An encoder for somebody who waits; empty where all are in use: identity costs nothing. */
  public Optional<PassingEncoder> passing(Coding coding) {
    return free.tryAcquire()
        ? Optional.of(new PassingEncoder(coding, around(coding)))
        : Optional.empty();
  }

  private PassingEncoder.Passing around(Coding coding) {
    return new PassingEncoder.Passing() {
      @Override
      public <T> T waitFor(Callable<T> work) throws IOException {
        return threads.waitFor(work);
      }

      @Override
      public void coded(long plain, long coded) {
        count(coding, plain, coded);
      }

      @Override
      public void done() {
        free.release();
      }
    };
  }

  private void count(Coding coding, long plain, long coded) {
    registry
        .counter("gyre.proxy.coding.in.bytes", "coding", coding.token())
        .increment((double) plain);
    registry
        .counter("gyre.proxy.coding.out.bytes", "coding", coding.token())
        .increment((double) coded);
  }

  @Override
  public void close() {
    threads.close();
  }
}
