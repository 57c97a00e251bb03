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
 * A representation as peers provide it; where they break off, the upstream provides the rest. One
 * body never mixes two versions: another one ends it with an IOException. Used by one virtual
 * thread, which it blocks.
 */
final class ResumingBody implements Body {
  private static final RationedLog log =
      new RationedLog(LoggerFactory.getLogger(ResumingBody.class));

  private final String resource;
  private final ChunkList chunks;
  private final Body peers;
  private final UpstreamChunks upstream;
  private boolean isResumed;
  private long at;

  /** {@code peers}: verified, in pieces that are chunks. */
  ResumingBody(String resource, ChunkList chunks, Body peers, UpstreamChunks.Rest rest) {
    this.resource = resource;
    this.chunks = chunks;
    this.peers = peers;
    this.upstream = new UpstreamChunks(chunks, rest);
  }

  @Override
  public Optional<ByteBuffer> next() throws IOException {
    if (at == chunks.size()) {
      return Optional.empty();
    }
    Optional<ByteBuffer> chunk = isResumed ? ofUpstream() : ofPeers();
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
      isResumed = true;
      return ofUpstream();
    }
  }

  private Optional<ByteBuffer> ofUpstream() throws IOException {
    return Optional.of(upstream.chunk((int) (at / Limits.CHUNK)));
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
    upstream.close();
  }
}
