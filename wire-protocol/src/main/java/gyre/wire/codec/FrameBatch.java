package gyre.wire.codec;

import gyre.wire.Limits;
import gyre.wire.PeerFrame;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects frames into one message of at most {@link Limits#EXCHANGE_MESSAGE} bytes, so that small
 * frames travel together. One thread.
 */
public final class FrameBatch {
  private final List<PeerFrame> frames = new ArrayList<>();
  private int length;

  /** Adds the frame, or leaves everything as it is and returns false where it does not fit. */
  public boolean add(PeerFrame frame) {
    int more = FrameCodec.encodedLength(frame);
    if (length + more > Limits.EXCHANGE_MESSAGE) {
      return false;
    }
    frames.add(frame);
    length += more;
    return true;
  }

  public boolean isEmpty() {
    return frames.isEmpty();
  }

  /** The bytes that the message has so far. */
  public int length() {
    return length;
  }

  /** The message, in an array of its exact size; the batch is empty afterwards. */
  public byte[] take() {
    ByteBuffer message = ByteBuffer.allocate(length);
    for (PeerFrame frame : frames) {
      FrameCodec.encode(frame, message);
    }
    frames.clear();
    length = 0;
    return message.array();
  }
}
