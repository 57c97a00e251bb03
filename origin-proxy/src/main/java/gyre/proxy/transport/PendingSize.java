package gyre.proxy.transport;

import io.netty.channel.DefaultMessageSizeEstimator;
import io.netty.channel.FileRegion;
import io.netty.channel.MessageSizeEstimator;

/**
 * What a message that waits for its socket counts as, in bytes: a part of a file as much as it has,
 * so that a slow reader stops the answer as with any other. Any thread.
 */
public final class PendingSize implements MessageSizeEstimator, MessageSizeEstimator.Handle {
  private static final MessageSizeEstimator.Handle USUAL =
      DefaultMessageSizeEstimator.DEFAULT.newHandle();

  @Override
  public Handle newHandle() {
    return this;
  }

  @Override
  public int size(Object message) {
    return message instanceof FileRegion region
        ? (int) Math.min(Integer.MAX_VALUE, region.count())
        : USUAL.size(message);
  }
}
