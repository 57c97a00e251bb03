package gyre.proxy.fetch;

import gyre.proxy.log.RationedLog;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.wire.Limits;
import gyre.wire.manifest.ChunkList;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.LoggerFactory;

/**
 * A representation as peers provide it; where they break off, the upstream provides the rest. Its
 * bytes count only where they are chunks of the same representation: one body never mixes two
 * versions, a mismatch ends it with an IOException. Used by one virtual thread, which it blocks.
 */
final class ResumingBody implements Body {
  private static final RationedLog log =
      new RationedLog(LoggerFactory.getLogger(ResumingBody.class));

  /** Bytes of the representation, not verified, the first of them at {@code from}. */
  record Part(long from, Body body) {}

  interface Rest {
    /** A part that begins at this chunk border or before it. */
    Part from(long offset) throws IOException;
  }

  private final String resource;
  private final ChunkList chunks;
  private final Body peers;
  private final Rest rest;
  private Optional<Body> upstream = Optional.empty();
  private ByteBuffer pending = ByteBuffer.allocate(0);
  private long at;

  /** {@code peers}: verified, in pieces that are chunks. */
  ResumingBody(String resource, ChunkList chunks, Body peers, Rest rest) {
    this.resource = resource;
    this.chunks = chunks;
    this.peers = peers;
    this.rest = rest;
  }

  @Override
  public Optional<ByteBuffer> next() throws IOException {
    if (at == chunks.size()) {
      return Optional.empty();
    }
    Optional<ByteBuffer> chunk = upstream.isPresent() ? ofUpstream(upstream.get()) : ofPeers();
    chunk.ifPresent(bytes -> at += bytes.remaining());
    return chunk;
  }

  private Optional<ByteBuffer> ofPeers() throws IOException {
    try {
      return peers.next();
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      log.info(
          "{}: {}; the upstream provides what is left from byte {}", resource, e.getMessage(), at);
      peers.close();
      return ofUpstream(resumed());
    }
  }

  private Body resumed() throws IOException {
    Part part = rest.from(at);
    upstream = Optional.of(part.body());
    for (long left = at - part.from(); left > 0; ) {
      int count = (int) Math.min(left, arrived(part.body()).remaining());
      pending.position(pending.position() + count);
      left -= count;
    }
    return part.body();
  }

  private Optional<ByteBuffer> ofUpstream(Body body) throws IOException {
    int index = (int) (at / Limits.CHUNK);
    ByteBuffer chunk = ByteBuffer.allocate(chunks.length(index));
    while (chunk.hasRemaining()) {
      ByteBuffer bytes = arrived(body);
      int count = Math.min(bytes.remaining(), chunk.remaining());
      chunk.put(chunk.position(), bytes, bytes.position(), count);
      chunk.position(chunk.position() + count);
      bytes.position(bytes.position() + count);
    }
    if (!chunks.matches(index, chunk.flip())) {
      throw new IOException("the upstream has another version than the peers, from byte " + at);
    }
    return Optional.of(chunk);
  }

  /** What is left of the last piece, or the next one. */
  private ByteBuffer arrived(Body body) throws IOException {
    if (!pending.hasRemaining()) {
      pending =
          body.next()
              .orElseThrow(() -> new IOException("the upstream ended before byte " + chunks.size()))
              .duplicate();
    }
    return pending;
  }

  @Override
  public boolean isReady() {
    return false;
  }

  @Override
  public boolean announce(Runnable onReady) {
    return false;
  }

  @Override
  public OptionalLong length() {
    return OptionalLong.of(chunks.size());
  }

  @Override
  public Headers trailers() {
    return Headers.EMPTY;
  }

  @Override
  public void close() {
    peers.close();
    upstream.ifPresent(Body::close);
  }
}
