package gyre.proxy.channel.child;

import dev.onvoid.webrtc.RTCDataChannel;
import dev.onvoid.webrtc.RTCDataChannelBuffer;
import dev.onvoid.webrtc.RTCDataChannelObserver;
import dev.onvoid.webrtc.RTCDataChannelState;
import gyre.proxy.channel.ChildNotice;
import gyre.wire.Bytes;
import gyre.wire.Limits;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The data channel of one connection, with what waits to be sent on it. All methods but the native
 * callbacks run on the {@link Owner}'s thread.
 *
 * <p>libwebrtc closes a channel silently when more than 16 MiB are buffered and never says when the
 * buffer drains: its level is asked for after every MiB and kept between two marks.
 */
final class DataChannel implements RTCDataChannelObserver {
  private static final long LOW = 1 << 20;
  private static final long HIGH = 4 << 20;
  private static final int ASK_AFTER = 1 << 20;

  private final RTCDataChannel channel;
  private final Peer peer;
  private final Deque<Bytes> waiting = new ArrayDeque<>();
  private long sinceAsked;
  private boolean open;
  private boolean full;

  DataChannel(RTCDataChannel channel, Peer peer) {
    this.channel = channel;
    this.peer = peer;
  }

  /** Listens from now on; what came before is kept for the observer by the library. */
  void begin() {
    channel.registerObserver(this);
    stateChanged();
  }

  boolean isFull() {
    return full;
  }

  void send(Bytes message) {
    waiting.add(message);
    pump();
  }

  /** Sends what waits, as far as the buffer's marks allow. */
  void pump() {
    if (full && channel.getBufferedAmount() > LOW) {
      return;
    }
    full = false;
    while (open && !full && !waiting.isEmpty()) {
      Bytes message = waiting.remove();
      ByteBuffer exact = ByteBuffer.allocateDirect(message.length()).put(message.buffer()).flip();
      try {
        channel.send(new RTCDataChannelBuffer(exact, true));
      } catch (Exception e) { // the library declares no narrower one
        peer.close("send failed: " + e.getMessage());
        return;
      }
      peer.owner().notice(new ChildNotice.Drained(peer.number(), message.length()));
      sinceAsked += message.length();
      if (sinceAsked >= ASK_AFTER) {
        sinceAsked = 0;
        full = channel.getBufferedAmount() > HIGH;
      }
    }
  }

  void close() {
    open = false;
    full = false;
    waiting.clear();
    channel.unregisterObserver();
    channel.close();
  }

  void dispose() {
    channel.dispose();
  }

  private void stateChanged() {
    RTCDataChannelState state = channel.getState();
    if (state == RTCDataChannelState.OPEN && !open) {
      open = true;
      peer.owner().notice(new ChildNotice.Opened(peer.number()));
      pump();
    } else if (state == RTCDataChannelState.CLOSED) {
      peer.close("the other side closed");
    }
  }

  /** Native: its signalling thread. */
  @Override
  public void onStateChange() {
    peer.owner().later(peer, this::stateStep);
  }

  private void stateStep() {
    if (peer.holds(this)) {
      stateChanged();
    }
  }

  /** Native: never called by this version of the library; the amount is polled. */
  @Override
  public void onBufferedAmountChange(long previous) {}

  /** Native: the buffer aliases memory that is gone after the call. */
  @Override
  public void onMessage(RTCDataChannelBuffer buffer) {
    try {
      take(buffer);
    } catch (RuntimeException | Error e) { // one that reached native code would abort the process
      peer.owner().later(peer, () -> peer.close("receiving failed: " + e));
    }
  }

  private void take(RTCDataChannelBuffer buffer) {
    int length = buffer.data.remaining();
    if (!buffer.binary || length > Limits.EXCHANGE_MESSAGE) {
      peer.owner().later(peer, () -> peer.close("a message that is text or longer than the limit"));
      return;
    }
    byte[] copy = new byte[length];
    buffer.data.get(copy);
    if (!peer.owner().received(new ChildNotice.Received(peer.number(), Bytes.owning(copy)))) {
      peer.owner().later(peer, () -> peer.close("more is received than the proxy takes"));
    }
  }
}
