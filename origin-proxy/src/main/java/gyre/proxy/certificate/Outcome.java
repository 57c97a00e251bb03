package gyre.proxy.certificate;

import java.time.Instant;
import java.util.Optional;

/** How an attempt to get a certificate ended. */
public sealed interface Outcome {
  record Issued(PemPair certificate) implements Outcome {}

  /**
   * {@code told}: in the authority's words where it had any. {@code notBefore}: when it wants to be
   * asked again at the earliest.
   */
  record Failed(Reason reason, String told, Optional<Instant> notBefore) implements Outcome {}

  enum Reason {
    /** It does not sign for this host or this account. */
    REFUSED,
    /** It could not see that the host is ours. */
    UNPROVED,
    /** It was asked too often. */
    RATE_LIMITED,
    /** It could not be reached, did not answer in time, or is in trouble itself. */
    UNREACHABLE,
    /** What it answered makes no sense. */
    UNUSABLE
  }
}
