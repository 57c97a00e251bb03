package gyre.proxy.certificate;

/** Shows proofs to whoever asks for them. Any thread. */
public interface Prover {
  /** From when this returns until the result is closed. */
  Shown show(Proof proof);

  interface Shown extends AutoCloseable {
    @Override
    void close();
  }
}
