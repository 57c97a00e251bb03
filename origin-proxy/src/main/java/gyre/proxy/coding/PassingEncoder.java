package gyre.proxy.coding;

import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One of the few encoders that code while somebody waits. Whoever has it closes it, or the body
 * that it was given to.
 */
public final class PassingEncoder implements AutoCloseable {
  private final Coding coding;
  private final Passing passing;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Encoder encoder;
  private boolean isClosed;

  /** What is around it. */
  interface Passing {
    <T> T waitFor(Callable<T> work) throws IOException;

    /** So many bytes became so many. */
    void coded(long plain, long coded);

    /** It is free again. */
    void done();
  }

  PassingEncoder(Coding coding, Passing passing) {
    this.coding = coding;
    this.passing = passing;
  }

  /** What follows a piece: the next one at once, a pause, or nothing. */
  private enum Step {
    GO_ON,
    SHOW,
    END
  }

  /** The same content, coded. What is there is passed on before anything is waited for. */
  public Body of(Body plain) {
    return new Coded(plain);
  }

  private byte[] coded(ByteBuffer plain, Step step) throws IOException {
    int length = plain.remaining();
    byte[] coded = passing.waitFor(() -> codedHere(plain, step));
    passing.coded(length, coded.length);
    return coded;
  }

  /** On the encoder's thread. */
  private byte[] codedHere(ByteBuffer plain, Step step) throws IOException {
    lock.lock();
    try {
      if (isClosed) {
        return new byte[0];
      }
      Encoder running = encoder == null ? Encoder.fast(coding) : encoder;
      encoder = running;
      running.write(plain);
      return switch (step) {
        case GO_ON -> running.taken();
        case SHOW -> running.flush();
        case END -> running.finish();
      };
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      if (isClosed) {
        return;
      }
      isClosed = true;
      if (encoder != null) {
        encoder.close();
      }
    } finally {
      lock.unlock();
    }
    passing.done();
  }

  /** Of known length, its last piece ends the coding too: small answers are one write. */
  private final class Coded implements Body {
    private final Body plain;
    private long taken;
    private boolean isEnded;

    Coded(Body plain) {
      this.plain = plain;
    }

    @Override
    public Optional<ByteBuffer> next() throws IOException {
      while (!isEnded) {
        Optional<ByteBuffer> piece = plain.next();
        taken += piece.map(ByteBuffer::remaining).orElse(0);
        isEnded = piece.isEmpty() || taken == plain.length().orElse(-1);
        Step step = isEnded ? Step.END : plain.isReady() ? Step.GO_ON : Step.SHOW;
        byte[] coded = coded(piece.orElseGet(() -> ByteBuffer.allocate(0)), step);
        if (coded.length > 0) {
          return Optional.of(ByteBuffer.wrap(coded));
        }
      }
      return Optional.empty();
    }

    @Override
    public boolean isReady() {
      return plain.isReady();
    }

    @Override
    public boolean announce(Runnable onReady) {
      return false;
    }

    @Override
    public OptionalLong length() {
      return OptionalLong.empty();
    }

    @Override
    public Headers trailers() {
      return plain.trailers();
    }

    @Override
    public void close() {
      // the encoder first: its thread may still read the last piece
      PassingEncoder.this.close();
      plain.close();
    }
  }
}
