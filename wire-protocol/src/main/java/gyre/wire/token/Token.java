package gyre.wire.token;

import gyre.wire.Bytes;
import gyre.wire.KeyId;
import gyre.wire.Limits;
import gyre.wire.PeerKind;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What an issuer lets a peer be; PROTOCOL.md, section 3. {@code nonce} has 16 bytes; {@code
 * subject} is the raw public key of the one who may use the token, or empty for a visitor's.
 */
public record Token(
    String site, PeerKind kind, Instant expires, Bytes nonce, Bytes subject, KeyId issuer) {
  public Token {
    Limits.text("site", site, Limits.SITE);
    expires = expires.truncatedTo(ChronoUnit.MILLIS);
    Limits.uint("expires", expires.toEpochMilli());
    Limits.exactly("nonce", nonce, Limits.NONCE);
    if (kind != PeerKind.VISITOR || !subject.isEmpty()) {
      Limits.exactly("subject", subject, Limits.PUBLIC_KEY);
    }
  }
}
