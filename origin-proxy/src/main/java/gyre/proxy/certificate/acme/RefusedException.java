package gyre.proxy.certificate.acme;

import gyre.proxy.certificate.Outcome;

/** The authority said no to an order or to a proof, in the words of the message. */
final class RefusedException extends Exception {
  private final Outcome.Reason reason;

  RefusedException(Outcome.Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  Outcome.Reason reason() {
    return reason;
  }
}
