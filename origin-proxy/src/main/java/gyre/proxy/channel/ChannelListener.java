package gyre.proxy.channel;

import java.nio.ByteBuffer;

/**
 * What happens to one {@link Channel}. Calls come one at a time on the child's reader thread, in
 * order, and return at once.
 */
public interface ChannelListener {

  /** This side's offer or answer is ready to be told. */
  void described(String sdp);

  /** A candidate of this side; never before its description. */
  void candidate(String candidate, String mid, int line);

  void opened();

  /** One message of the other side; the buffer is the listener's. May come before opened. */
  void received(ByteBuffer message);

  /** There is room to send again. */
  void writable();

  /** The process that holds this connection is to be replaced: begin nothing new on it. */
  void retiring();

  /** The last call. */
  void closed(String reason);
}
