package gyre.signalling.session;

import gyre.wire.Limits;
import java.util.List;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.drafts.Draft;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.enums.Opcode;
import org.java_websocket.exceptions.InvalidDataException;
import org.java_websocket.exceptions.LimitExceededException;
import org.java_websocket.framing.Framedata;

/**
 * RFC 6455 with frames of at most a signalling frame, no extensions, and a bound on fragments: the
 * library checks the sum of a fragmented message only at its last fragment, so that one without an
 * end would grow for ever. Used by the connection's worker only.
 */
final class GuardedDraft extends Draft_6455 {
  private static final int FRAGMENTS = 64;

  private int fragments;
  private int fragmentBytes;

  GuardedDraft() {
    super(List.of(), Limits.SIGNALLING_FRAME);
  }

  @Override
  public Draft copyInstance() {
    return new GuardedDraft();
  }

  @Override
  public void processFrame(WebSocketImpl socket, Framedata frame) throws InvalidDataException {
    switch (frame.getOpcode()) {
      case TEXT, BINARY, CONTINUOUS -> count(frame);
      case PING, PONG, CLOSING -> {}
    }
    super.processFrame(socket, frame);
  }

  private void count(Framedata frame) throws LimitExceededException {
    if (frame.getOpcode() != Opcode.CONTINUOUS) {
      fragments = 0;
      fragmentBytes = 0;
    }
    fragments++;
    fragmentBytes += frame.getPayloadData().remaining();
    if (fragments > FRAGMENTS || fragmentBytes > Limits.SIGNALLING_FRAME) {
      throw new LimitExceededException("a message over the limit", Limits.SIGNALLING_FRAME);
    }
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
