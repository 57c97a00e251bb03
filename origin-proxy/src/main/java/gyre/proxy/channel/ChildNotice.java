package gyre.proxy.channel;

import gyre.wire.Bytes;

/** From the channel child to the proxy. */
public sealed interface ChildNotice {

  /** The local description: an offer or an answer. */
  record Described(int connection, String sdp) implements ChildNotice {}

  record Candidate(int connection, String candidate, String mid, int line) implements ChildNotice {}

  record Opened(int connection) implements ChildNotice {}

  record Received(int connection, Bytes message) implements ChildNotice {}

  /** So many bytes of sent messages have left the child's own queue. */
  record Drained(int connection, int bytes) implements ChildNotice {}

  record Closed(int connection, String reason) implements ChildNotice {}

  /** {@code received}: messages received since the child began; they are what makes it leak. */
  record Pong(int nonce, long received) implements ChildNotice {}
}
