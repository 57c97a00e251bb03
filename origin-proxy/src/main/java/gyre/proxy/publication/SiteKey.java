package gyre.proxy.publication;

import gyre.wire.KeyId;
import gyre.wire.Limits;
import gyre.wire.key.SigningKey;
import java.time.Instant;
import java.util.Optional;

/**
 * One signing key of a site: told to visitors from {@code published} on, signing from {@code
 * signsFrom} on (one longest manifest lifetime later, but for a site's first key), and told for one
 * such lifetime after {@code retired}.
 */
record SiteKey(SigningKey key, Instant published, Instant signsFrom, Optional<Instant> retired) {

  static SiteKey first(SigningKey key, Instant now) {
    return new SiteKey(key, now, now, Optional.empty());
  }

  static SiteKey next(SigningKey key, Instant now) {
    return new SiteKey(key, now, now.plus(Limits.MANIFEST_LIFETIME), Optional.empty());
  }

  KeyId id() {
    return key.verifyingKey().id();
  }

  boolean isTold(Instant now) {
    return retired.map(r -> now.isBefore(r.plus(Limits.MANIFEST_LIFETIME))).orElse(true);
  }

  /** Whether its time has come and is not over. */
  boolean signs(Instant now) {
    return !now.isBefore(signsFrom) && retired.isEmpty();
  }

  SiteKey retiredAt(Instant now) {
    return new SiteKey(key, published, signsFrom, Optional.of(now));
  }
}
