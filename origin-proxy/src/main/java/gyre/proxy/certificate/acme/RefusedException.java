package gyre.proxy.certificate.acme;

/** The authority said no to an order or to a proof, in the words of the message. */
final class RefusedException extends Exception {
  RefusedException(String message) {
    super(message);
  }
}
