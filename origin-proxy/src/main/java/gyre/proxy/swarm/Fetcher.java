package gyre.proxy.swarm;

import gyre.proxy.swarm.Stripes.Run;
import gyre.wire.Digest;
import gyre.wire.HeaderField;
import gyre.wire.Limits;
import gyre.wire.PeerId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One virtual thread that fetches chunks of one representation from one provider after the other,
 * until nothing is wanted any more. Every chunk is checked before anybody else sees it.
 */
final class Fetcher implements Runnable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Hands out the next provider to try; each is tried by one fetcher only. */
  interface Providers {
    Optional<PeerChannel> next() throws InterruptedException;

    int parallel();
  }

  private final Stripes stripes;
  private final Digest digest;
  private final Providers providers;
  private final Scores scores;
  private final Unpacker unpacker;

  Fetcher(Stripes stripes, Digest digest, Providers providers, Scores scores, Unpacker unpacker) {
    this.stripes = stripes;
    this.digest = digest;
    this.providers = providers;
    this.scores = scores;
    this.unpacker = unpacker;
  }

  @Override
  public void run() {
    try {
      Optional<PeerChannel> provider = providers.next();
      while (provider.isPresent() && !drain(provider.get())) {
        provider = providers.next();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      stripes.left();
    }
  }

  /** Fetches from this provider as long as it is good; true when nothing is left to fetch. */
  private boolean drain(PeerChannel provider) throws InterruptedException {
    Optional<Run> run = stripes.take(providers.parallel());
    while (run.isPresent()) {
      if (!fetch(provider, run.get())) {
        return false;
      }
      run = stripes.take(providers.parallel());
    }
    return true;
  }

  private boolean fetch(PeerChannel provider, Run run) throws InterruptedException {
    long began = System.nanoTime();
    String reason = "interrupted";
    int fetched = 0;
    try {
      Call call = opened(provider, run);
      try (call) {
        while (fetched < run.count()) {
          chunk(call, run.first() + fetched);
          fetched++;
        }
      }
      return true;
    } catch (LieException e) {
      scores.lied(provider.peer());
      reason = String.valueOf(e.getMessage());
      return false;
    } catch (PeerException e) {
      scores.failed(provider.peer());
      reason = String.valueOf(e.getMessage());
      return false;
    } finally {
      account(provider.peer(), run, fetched, began);
      if (fetched == run.count()) {
        stripes.finished();
      } else {
        stripes.giveBack(run, fetched, reason);
      }
    }
  }

  /** An exchange whose answer has begun well. */
  private Call opened(PeerChannel provider, Run run) throws PeerException, InterruptedException {
    Call call =
        provider
            .call("GET", "/.gyre/c/" + digest, headers(run), true)
            .orElseThrow(() -> new PeerException(provider.peer() + " takes no exchange"));
    boolean good = false;
    try {
      int status = call.head(Deadline.in(PATIENCE)).status();
      good = status == 200 || status == 206;
      if (!good) {
        throw new PeerException(provider.peer() + " answered " + status);
      }
      return call;
    } finally {
      if (!good) {
        call.close();
      }
    }
  }

  private void account(PeerId peer, Run run, int fetched, long began) {
    long bytes = 0;
    for (int i = 0; i < fetched; i++) {
      bytes += stripes.chunks().length(run.first() + i);
    }
    if (bytes > 0) {
      scores.received(peer, bytes, Duration.ofNanos(System.nanoTime() - began));
    }
  }

  /** Takes one chunk in: one packed frame, or as many bytes as the chunk has. */
  private void chunk(Call call, int index) throws PeerException, InterruptedException {
    int length = stripes.chunks().length(index);
    byte[] chunk = new byte[length];
    int filled = 0;
    while (filled < length) {
      Piece piece =
          call.next(Deadline.in(PATIENCE))
              .orElseThrow(() -> new LieException(call.channel().peer() + " ended too early"));
      if (piece.packed()) {
        byte[] unpacked =
            unpacker
                .unpack(piece.bytes(), length)
                .orElseThrow(() -> new LieException(call.channel().peer() + " sent a bad frame"));
        if (filled > 0) {
          throw new LieException(call.channel().peer() + " mixed packed and plain in one chunk");
        }
        chunk = unpacked;
        filled = length;
      } else {
        filled = append(call, piece, chunk, filled);
      }
    }
    if (!stripes.chunks().matches(index, ByteBuffer.wrap(chunk))) {
      throw new LieException(call.channel().peer() + " sent a chunk that is not what it should be");
    }
    stripes.put(index, chunk);
  }

  private static int append(Call call, Piece piece, byte[] chunk, int filled) throws LieException {
    int length = piece.bytes().length();
    if (length > chunk.length - filled) {
      throw new LieException(call.channel().peer() + " sent more than a chunk in a frame");
    }
    piece.bytes().buffer().get(chunk, filled, length);
    return filled + length;
  }

  private List<HeaderField> headers(Run run) {
    HeaderField packed = new HeaderField("te", "zstd");
    long size = stripes.chunks().size();
    if (run.first() == 0 && run.count() == stripes.chunks().count()) {
      return List.of(packed);
    }
    long from = (long) run.first() * Limits.CHUNK;
    long to = Math.min(size, from + (long) run.count() * Limits.CHUNK) - 1;
    return List.of(packed, new HeaderField("range", "bytes=" + from + "-" + to));
  }
}
