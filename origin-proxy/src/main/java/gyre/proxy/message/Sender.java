package gyre.proxy.message;

import java.net.InetAddress;

/**
 * Who sent a request: {@code address} is the client's as far as anybody trustworthy says, {@code
 * peer} the other end of the connection, and {@code forwardedFor} what a trusted peer said of those
 * before it (empty from anybody else).
 */
public record Sender(InetAddress address, InetAddress peer, String forwardedFor) {

  /** The peer itself. */
  public static Sender direct(InetAddress peer) {
    return new Sender(peer, peer, "");
  }

  /** The value of X-Forwarded-For for the next server. */
  public String chain() {
    String last = peer.getHostAddress();
    return forwardedFor.isEmpty() ? last : forwardedFor + ", " + last;
  }
}
