package gyre.proxy.channel;

import java.util.Optional;

/** Opens connections to other peers. Any thread may call it; no call blocks. */
public interface Channels {

  /** A connection in its first state; empty while nothing can open one (the child is away). */
  Optional<Channel> open(boolean offers, ChannelListener listener);
}
