package gyre.proxy.publication;

import gyre.wire.KeyId;
import gyre.wire.Limits;
import gyre.wire.key.SigningKey;
import java.time.Instant;
import java.util.List;
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

  /** The one that signs now: the newest whose time has come. */
  static Optional<SiteKey> signing(List<SiteKey> keys, Instant now) {
    return keys.stream()
        .filter(key -> !now.isBefore(key.signsFrom()) && key.retired().isEmpty())
        .reduce((older, newer) -> newer);
  }
}
