package gyre.proxy.channel;

import java.nio.ByteBuffer;

/**
 * One connection to another peer with its one data channel {@code gyre/1}. Any thread may call it;
 * no call blocks. After it was closed every call does nothing.
 */
public interface Channel {

  /** The other side's offer or answer. */
  void describe(String sdp);

  void candidate(String candidate, String mid, int line);

  /**
   * Hands one message over; false where so much is on its way already that it was not taken: {@link
   * ChannelListener#writable} says when to try again.
   */
  boolean send(ByteBuffer message);

  /**
   * Whether a message is still on its way out of this process: what has to be said meanwhile is
   * better gathered for one message than sent in many. {@link ChannelListener#writable} is called
   * once it has left.
   */
  boolean isBusy();

  /** Closes the connection; {@link ChannelListener#closed} is called once, now or later. */
  void close();
}
