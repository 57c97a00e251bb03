package gyre.proxy.fetch;

import gyre.proxy.message.Body;
import gyre.wire.Limits;
import gyre.wire.manifest.ChunkList;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The chunks of a known representation as the upstream still has them, one after the other. Its
 * bytes count only where they are chunks of the same representation: another version is an
 * IOException. Used by one virtual thread, which it blocks.
 */
final class UpstreamChunks implements AutoCloseable {

  /** Bytes of the representation, not verified, the first of them at {@code from}. */
  record Part(long from, Body body) {}

  /** How the upstream is asked. */
  interface Rest {
    /** A part that begins at this chunk border or before it. */
    Part from(long offset) throws IOException;
  }

  private final ChunkList chunks;
  private final Rest rest;
  private Optional<Body> upstream = Optional.empty();
  private ByteBuffer pending = ByteBuffer.allocate(0);

  UpstreamChunks(ChunkList chunks, Rest rest) {
    this.chunks = chunks;
    this.rest = rest;
  }

  /** The chunk at {@code index}: of the first call any one, then the next each time. */
  ByteBuffer chunk(int index) throws IOException {
    long at = (long) index * Limits.CHUNK;
    Body body = upstream.isPresent() ? upstream.get() : begun(at);
    ByteBuffer chunk = ByteBuffer.allocate(chunks.length(index));
    while (chunk.hasRemaining()) {
      ByteBuffer bytes = arrived(body);
      int count = Math.min(bytes.remaining(), chunk.remaining());
      chunk.put(chunk.position(), bytes, bytes.position(), count);
      chunk.position(chunk.position() + count);
      bytes.position(bytes.position() + count);
    }
    if (!chunks.matches(index, chunk.flip())) {
      throw new IOException("the upstream has another version now, from byte " + at);
    }
    return chunk;
  }

  private Body begun(long at) throws IOException {
    Part part = rest.from(at);
    upstream = Optional.of(part.body());
    for (long left = at - part.from(); left > 0; ) {
      int count = (int) Math.min(left, arrived(part.body()).remaining());
      pending.position(pending.position() + count);
      left -= count;
    }
    return part.body();
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
  public void close() {
    upstream.ifPresent(Body::close);
  }
}
