package gyre.proxy.http.h3;

import gyre.proxy.http.exchange.Allowance;

/**
 * What a client may make the server do beside answering requests, as over HTTP/2: control frames,
 * and streams that end before their time, each draw on an allowance. The second kind also has an
 * end: Netty keeps a little of each such stream as long as its connection. Owned by the event loop.
 */
final class FloodGuard {
  static final int CONTROL_FRAMES = 1_000;
  static final int CONTROL_FRAMES_PER_SECOND = 100;
  static final int RESETS = 200;
  static final int RESETS_PER_SECOND = 10;

  /** Of one connection in all; then it is replaced by another. */
  static final int LEFTOVERS = 2_000;

  private static final int FRAMES_PER_REQUEST = 4;

  private final Allowance control = new Allowance(CONTROL_FRAMES, CONTROL_FRAMES_PER_SECOND);
  private final Allowance resets = new Allowance(RESETS, RESETS_PER_SECOND);
  private int leftovers;

  /** False: too many. */
  boolean controlFrame() {
    return control.draw();
  }

  void request() {
    control.earn(FRAMES_PER_REQUEST);
  }

  /** A stream that ended before its time, by whichever side; false: too many. */
  boolean reset() {
    return resets.draw();
  }

  /** A stream of which something is left; false: enough of them. */
  boolean leftover() {
    return ++leftovers < LEFTOVERS;
  }
}
