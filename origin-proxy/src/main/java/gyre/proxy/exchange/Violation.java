package gyre.proxy.exchange;

import gyre.wire.CancelCode;

/** The other side broke the protocol; leaves {@link Exchanges} as an event only. */
final class Violation extends Exception {
  private final CancelCode code;
  private final String reason;

  Violation(CancelCode code, String reason) {
    super(reason, null, false, false);
    this.code = code;
    this.reason = reason;
  }

  CancelCode code() {
    return code;
  }

  String reason() {
    return reason;
  }
}
