package gyre.signalling.session;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;

/**
 * The socket of one connection as the library sees it: counts what is written, so that what waits
 * is known, and refuses a request header that does not end. Read and written by the selector.
 */
final class GuardedChannel implements ByteChannel {
  /** The largest request line and header; a browser's own cookies may come along. */
  static final int HEADER = 16_384;

  private final SocketChannel socket;
  private final Events events;
  private int header;
  private volatile boolean isOpened;
  private volatile long written;

  GuardedChannel(SocketChannel socket, Events events) {
    this.socket = socket;
    this.events = events;
  }

  /** What the connection learns from its channel. */
  interface Events {
    void headerTooLong();

    /** Called once or more, by whichever thread closes. */
    void closed();
  }

  /** The handshake is done. */
  void opened() {
    isOpened = true;
  }

  long written() {
    return written;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    int read = socket.read(target);
    if (!isOpened && read > 0) {
      header += read;
      if (header > HEADER) {
        events.headerTooLong();
        throw new IOException("a request header of more than " + HEADER + " bytes");
      }
    }
    return read;
  }

  @Override
  @SuppressWarnings("NonAtomicVolatileUpdate") // the selector alone writes
  public int write(ByteBuffer source) throws IOException {
    int count = socket.write(source);
    written += count;
    return count;
  }

  @Override
  public boolean isOpen() {
    return socket.isOpen();
  }

  @Override
  public void close() throws IOException {
    try {
      socket.close();
    } finally {
      events.closed();
    }
  }
}
