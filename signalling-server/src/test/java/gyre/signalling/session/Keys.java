package gyre.signalling.session;

import gyre.wire.Bytes;
import gyre.wire.PeerKind;
import gyre.wire.key.SigningKey;
import gyre.wire.token.Token;
import gyre.wire.token.TokenIssuer;
import java.time.Instant;

/** Tokens for tests, from keys made for them. */
final class Keys {
  static final SigningKey PROXY = SigningKey.generate();
  static final SigningKey WORKER_NODE = SigningKey.generate();

  private Keys() {}

  static Bytes visitor(String site) {
    return token(PROXY, site, PeerKind.VISITOR, Bytes.EMPTY, Instant.now().plusSeconds(60));
  }

  static Bytes proxy(String site, SigningKey subject) {
    return token(
        PROXY, site, PeerKind.PROXY, subject.verifyingKey().raw(), Instant.now().plusSeconds(60));
  }

  static Bytes worker(String site, SigningKey subject) {
    return token(
        WORKER_NODE,
        site,
        PeerKind.WORKER,
        subject.verifyingKey().raw(),
        Instant.now().plusSeconds(60));
  }

  static Bytes token(
      SigningKey issuer, String site, PeerKind kind, Bytes subject, Instant expires) {
    return new TokenIssuer(issuer)
        .issue(
            new Token(
                site,
                kind,
                expires,
                Bytes.owning(new byte[16]),
                subject,
                issuer.verifyingKey().id()))
        .encoded();
  }
}
