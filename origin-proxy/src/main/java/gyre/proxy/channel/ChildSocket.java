package gyre.proxy.channel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One end of the Unix socket between proxy and child: whole frames in, a bounded queue of frames
 * out.
 *
 * <p>One thread reads; any thread sends, which never blocks; a daemon thread of its own writes.
 * When either direction fails the socket is closed and both end.
 */
public final class ChildSocket implements AutoCloseable {
  /** Bytes that may wait to be written before the other process counts as stuck. */
  private static final long QUEUE = 128L << 20;

  private static final int GATHERED = 32;

  private final SocketChannel socket;
  private final LinkedBlockingQueue<ByteBuffer> outgoing = new LinkedBlockingQueue<>();
  private final AtomicLong queued = new AtomicLong();
  private final ByteBuffer incoming = ByteBuffer.allocateDirect(4 * ChildCodec.FRAME).flip();
  private final Thread writer;

  public ChildSocket(SocketChannel socket, String name) {
    this.socket = socket;
    this.writer = Thread.ofPlatform().daemon().name(name + "-writer").unstarted(this::write);
  }

  public void start() {
    writer.start();
  }

  /** Queues an encoded frame; one too many closes the socket, since the other end stands still. */
  public void send(ByteBuffer frame) {
    if (queued.addAndGet(frame.remaining()) > QUEUE) {
      close();
      return;
    }
    outgoing.add(frame);
  }

  /** What waits to be written. */
  public long queuedBytes() {
    return queued.get();
  }

  /** Waits for the next frame, without its length field; empty at the end. Valid until the next. */
  public Optional<ByteBuffer> read() throws IOException {
    if (!fill(Integer.BYTES)) {
      return Optional.empty();
    }
    int length = incoming.getInt();
    if (length < 1 || length > ChildCodec.FRAME) {
      throw new ProtocolException("a frame of " + length + " bytes, limit " + ChildCodec.FRAME);
    }
    if (!fill(length)) {
      throw new ProtocolException("the other process ended within a frame");
    }
    ByteBuffer frame = incoming.slice(incoming.position(), length);
    incoming.position(incoming.position() + length);
    return Optional.of(frame);
  }

  private boolean fill(int wanted) throws IOException {
    while (incoming.remaining() < wanted) {
      incoming.compact();
      int count = socket.read(incoming);
      incoming.flip();
      if (count < 0) {
        return false;
      }
    }
    return true;
  }

  private void write() {
    List<ByteBuffer> batch = new ArrayList<>();
    try (socket) {
      while (socket.isOpen()) {
        batch.add(outgoing.take());
        outgoing.drainTo(batch, GATHERED - 1);
        ByteBuffer[] frames = batch.toArray(ByteBuffer[]::new);
        long left = batch.stream().mapToLong(ByteBuffer::remaining).sum();
        queued.addAndGet(-left);
        while (left > 0) {
          left -= socket.write(frames);
        }
        batch.clear();
      }
    } catch (IOException e) {
      close(); // the reader sees the end and tells
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    writer.interrupt();
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException("the socket of the channel child cannot be closed", e);
    }
  }
}
