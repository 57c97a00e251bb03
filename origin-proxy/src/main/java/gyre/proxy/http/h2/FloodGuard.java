package gyre.proxy.http.h2;

import gyre.proxy.http.exchange.Allowance;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;

/**
 * What a client may make the server do beside answering requests. Control frames (PING, SETTINGS,
 * PRIORITY, WINDOW_UPDATE, unknown ones, DATA without content) and resets of streams, by whichever
 * side they were provoked (CVE-2023-44487, CVE-2025-8671), each draw on an allowance that grows
 * with time, and with what the client got. Who has used it up is sent away with ENHANCE_YOUR_CALM.
 * Owned by the event loop.
 */
final class FloodGuard {
  static final int CONTROL_FRAMES = 1_000;
  static final int CONTROL_FRAMES_PER_SECOND = 100;
  static final int RESETS = 200;
  static final int RESETS_PER_SECOND = 10;

  /** A frame of control for so many bytes of content that were sent. */
  private static final int BYTES_PER_FRAME = 1_024;

  private static final int FRAMES_PER_REQUEST = 4;

  private final Allowance control = new Allowance(CONTROL_FRAMES, CONTROL_FRAMES_PER_SECOND);
  private final Allowance resets = new Allowance(RESETS, RESETS_PER_SECOND);
  private int unearned;

  void controlFrame() throws Http2Exception {
    if (!control.draw()) {
      throw calm("too many control frames");
    }
  }

  void reset() throws Http2Exception {
    if (!resets.draw()) {
      throw calm("too many streams that were reset");
    }
  }

  private static Http2Exception calm(String reason) {
    return Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "%s", reason);
  }

  void request() {
    control.earn(FRAMES_PER_REQUEST);
  }

  void sent(int bytes) {
    unearned += bytes;
    control.earn(unearned / BYTES_PER_FRAME);
    unearned %= BYTES_PER_FRAME;
  }
}
