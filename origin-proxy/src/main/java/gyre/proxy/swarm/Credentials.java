package gyre.proxy.swarm;

import gyre.operations.identity.TrustedKeys;
import gyre.wire.Bytes;
import gyre.wire.Limits;
import gyre.wire.PeerKind;
import gyre.wire.codec.DecodeException;
import gyre.wire.key.SigningKey;
import gyre.wire.key.VerifyingKey;
import gyre.wire.token.SignedToken;
import gyre.wire.token.Token;
import gyre.wire.token.TokenCheck;
import gyre.wire.token.TokenCodec;
import gyre.wire.token.TokenIssuer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * How this proxy proves what it is, and how it checks what others say they are; PROTOCOL.md,
 * section 3. Any thread.
 */
public class Credentials {
  private static final Duration LIFETIME = Duration.ofMinutes(10);
  private static final Duration REREAD = Duration.ofSeconds(5);

  private final SigningKey identity;
  private final TrustedKeys trusted;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private Optional<TokenCheck> check = Optional.empty();
  private long checkMade;

  public Credentials(SigningKey identity, TrustedKeys trusted, InstantSource clock) {
    this.identity = identity;
    this.trusted = trusted;
    this.clock = clock;
  }

  /** A fresh token that says: a proxy of this site, which holds the identity key. */
  SignedToken token(String site) {
    return token(site, PeerKind.PROXY);
  }

  final SignedToken token(String site, PeerKind kind) {
    byte[] nonce = new byte[Limits.NONCE];
    random.nextBytes(nonce);
    VerifyingKey key = identity.verifyingKey();
    return new TokenIssuer(identity)
        .issue(
            new Token(
                site,
                kind,
                clock.instant().plus(LIFETIME),
                Bytes.owning(nonce),
                key.raw(),
                key.id()));
  }

  Bytes sign(byte[] message) {
    return identity.sign(message);
  }

  /**
   * The kind of peer that a token of this site makes of whoever signed these bytes with its subject
   * key; empty where any of that is not so.
   */
  Optional<PeerKind> kindOf(String site, Bytes encodedToken, byte[] signed, Bytes signature) {
    try {
      SignedToken token = TokenCodec.decode(encodedToken);
      return switch (check().check(token, clock.instant())) {
        case TokenCheck.Verdict.Accepted(Token accepted)
            when accepted.site().equals(site)
                && accepted.subject().length() == Limits.PUBLIC_KEY
                && new VerifyingKey(accepted.subject()).verify(signed, signature) ->
            Optional.of(accepted.kind());
        case TokenCheck.Verdict.Accepted _, TokenCheck.Verdict.Refused _ -> Optional.empty();
      };
    } catch (DecodeException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private synchronized TokenCheck check() {
    long now = System.nanoTime();
    if (check.isEmpty() || now - checkMade > REREAD.toNanos()) {
      check = Optional.of(new TokenCheck(trusted.proxies(), trusted.workers()));
      checkMade = now;
    }
    return check.get();
  }
}
