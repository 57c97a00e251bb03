package gyre.signalling.session;

import java.net.InetAddress;

/** One connection's way out, as its conversation sees it. Safe for use by several threads. */
interface Line {

  /** Whose connection it is: the address behind a trusted proxy, else the socket's. */
  InetAddress client();

  /** Queues a message; where more than {@code bound} bytes wait then, the connection is cut off. */
  void send(byte[] message, int bound);

  /** Ends the connection once what was queued is written. */
  void close(String reason);
}
