package gyre.wire.codec;

import java.io.IOException;

/** Bytes that are no message of the protocol: why, and at which offset. Carries no stack trace. */
public final class DecodeException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int offset;
  private final String reason;

  public DecodeException(int offset, String reason) {
    super("at byte " + offset + ": " + reason);
    this.offset = offset;
    this.reason = reason;
  }

  public int offset() {
    return offset;
  }

  public String reason() {
    return reason;
  }

  /** A stranger may send as much nonsense as it likes: refusing it stays cheap. */
  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // nothing is written, nothing to guard
  public Throwable fillInStackTrace() {
    return this;
  }
}
