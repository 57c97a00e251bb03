package gyre.worker;

import gyre.wire.Bytes;
import gyre.wire.PeerKind;
import gyre.wire.key.VerifyingKey;
import gyre.wire.token.Token;
import gyre.wire.token.TokenIssuer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

/** Issues the tokens with which this node's tabs register; PROTOCOL.md, section 3. */
final class WorkerTokens {
  static final Duration LIFETIME = Duration.ofMinutes(10);
  private static final int NONCE = 16;

  private final TokenIssuer issuer;
  private final SecureRandom random = new SecureRandom();

  WorkerTokens(TokenIssuer issuer) {
    this.issuer = issuer;
  }

  /** {@code text} is base64url. */
  record Issued(String text, Instant expires) {}

  /** For the tab that holds this key, for this site. */
  Issued issue(String site, VerifyingKey tab, Instant now) {
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    Instant expires = now.plus(LIFETIME);
    Token token =
        new Token(
            site,
            PeerKind.WORKER,
            expires,
            Bytes.owning(nonce),
            tab.raw(),
            issuer.key().verifyingKey().id());
    byte[] encoded = issuer.issue(token).encoded().toArray();
    return new Issued(Base64.getUrlEncoder().withoutPadding().encodeToString(encoded), expires);
  }
}
