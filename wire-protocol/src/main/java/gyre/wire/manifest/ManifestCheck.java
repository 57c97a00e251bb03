package gyre.wire.manifest;

import gyre.wire.KeyId;
import gyre.wire.Limits;
import gyre.wire.key.VerifyingKey;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Decides whether a manifest may be believed, by the keys of one site; PROTOCOL.md, section 2, in
 * the order given there. Pure; safe for use by several threads.
 */
public final class ManifestCheck {
  private final Map<KeyId, VerifyingKey> keys;
  private final String site;

  public ManifestCheck(Collection<VerifyingKey> keys, String site) {
    this.keys =
        keys.stream().distinct().collect(Collectors.toMap(VerifyingKey::id, Function.identity()));
    this.site = site;
  }

  /** What the check found. */
  public sealed interface Verdict {
    record Verified(SignedManifest signed) implements Verdict {}

    record Rejected(Reason reason) implements Verdict {}
  }

  /** Why a manifest is not believed. */
  public enum Reason {
    UNKNOWN_KEY,
    SIGNATURE,
    SITE,
    RESOURCE,
    NOT_YET_VALID,
    EXPIRED,
    GENERATION,
    DIGEST
  }

  /**
   * Checks a manifest that should be of this resource.
   *
   * @param now the server's time
   * @param generationSeen the highest generation that the reader has seen of this site
   */
  public Verdict check(SignedManifest signed, String resource, Instant now, long generationSeen) {
    Optional<Reason> found =
        signatureFault(signed)
            .or(() -> contentFault(signed.manifest(), resource, now, generationSeen));
    return found.<Verdict>map(Verdict.Rejected::new).orElseGet(() -> new Verdict.Verified(signed));
  }

  private Optional<Reason> signatureFault(SignedManifest signed) {
    VerifyingKey key = keys.get(signed.manifest().keyId());
    if (key == null) {
      return Optional.of(Reason.UNKNOWN_KEY);
    }
    return key.verify(signed.body(), signed.signature())
        ? Optional.empty()
        : Optional.of(Reason.SIGNATURE);
  }

  private Optional<Reason> contentFault(
      Manifest manifest, String resource, Instant now, long generationSeen) {
    if (!manifest.site().equals(site)) {
      return Optional.of(Reason.SITE);
    }
    if (!manifest.resource().equals(resource)) {
      return Optional.of(Reason.RESOURCE);
    }
    if (manifest.issued().isAfter(now.plus(Limits.CLOCK_TOLERANCE))) {
      return Optional.of(Reason.NOT_YET_VALID);
    }
    if (!now.isBefore(manifest.expires().plus(Limits.CLOCK_TOLERANCE))) {
      return Optional.of(Reason.EXPIRED);
    }
    if (manifest.generation() < generationSeen) {
      return Optional.of(Reason.GENERATION);
    }
    boolean matches =
        manifest.chunks().map(ChunkList::digest).map(manifest.digest()::equals).orElse(true);
    return matches ? Optional.empty() : Optional.of(Reason.DIGEST);
  }
}
