package gyre.wire.token;

import gyre.wire.KeyId;
import gyre.wire.Limits;
import gyre.wire.PeerKind;
import gyre.wire.key.VerifyingKey;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Decides whether a token makes its bearer what it says, by the identity keys that the
 * configuration trusts; PROTOCOL.md, section 3. Which sites exist is the caller's to know. Pure;
 * safe for use by several threads.
 */
public final class TokenCheck {
  private static final Set<PeerKind> BY_PROXY = EnumSet.of(PeerKind.VISITOR, PeerKind.PROXY);
  private static final Set<PeerKind> BY_WORKER_NODE = EnumSet.of(PeerKind.WORKER);

  private final Map<KeyId, Issuer> issuers = new HashMap<>();

  public TokenCheck(Collection<VerifyingKey> proxies, Collection<VerifyingKey> workerNodes) {
    proxies.forEach(key -> trust(key, BY_PROXY));
    workerNodes.forEach(key -> trust(key, BY_WORKER_NODE));
  }

  /** What the check found. */
  public sealed interface Verdict {
    record Accepted(Token token) implements Verdict {}

    record Refused(Reason reason) implements Verdict {}
  }

  /** Why a token is not accepted. */
  public enum Reason {
    UNKNOWN_ISSUER,
    ISSUER_MAY_NOT,
    SIGNATURE,
    EXPIRED
  }

  public Verdict check(SignedToken signed, Instant now) {
    Token token = signed.token();
    Issuer issuer = issuers.get(token.issuer());
    if (issuer == null) {
      return new Verdict.Refused(Reason.UNKNOWN_ISSUER);
    }
    if (!issuer.mayIssue().contains(token.kind())) {
      return new Verdict.Refused(Reason.ISSUER_MAY_NOT);
    }
    if (!issuer.key().verify(signed.payload(), signed.signature())) {
      return new Verdict.Refused(Reason.SIGNATURE);
    }
    if (!now.isBefore(token.expires().plus(Limits.CLOCK_TOLERANCE))) {
      return new Verdict.Refused(Reason.EXPIRED);
    }
    return new Verdict.Accepted(token);
  }

  private void trust(VerifyingKey key, Set<PeerKind> kinds) {
    issuers
        .computeIfAbsent(key.id(), _ -> new Issuer(key, EnumSet.noneOf(PeerKind.class)))
        .mayIssue()
        .addAll(kinds);
  }

  private record Issuer(VerifyingKey key, Set<PeerKind> mayIssue) {}
}
