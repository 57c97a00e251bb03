package gyre.proxy.certificate;

/** Whoever signs certificates. Called by one thread at a time. */
public interface Authority {
  /**
   * Asks for a certificate and waits for it; every wait has a deadline. {@code failures}: so many
   * attempts in a row ended without one.
   */
  Outcome obtain(String host, int failures, Prover prover) throws InterruptedException;
}
