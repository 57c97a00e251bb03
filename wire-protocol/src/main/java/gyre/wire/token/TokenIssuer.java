package gyre.wire.token;

import gyre.wire.Bytes;
import gyre.wire.key.SigningKey;

/** Issues tokens with one identity key. Safe for use by several threads. */
public record TokenIssuer(SigningKey key) {

  /** IllegalArgumentException where the token names another issuer, or is too long. */
  public SignedToken issue(Token token) {
    if (!token.issuer().equals(key.verifyingKey().id())) {
      throw new IllegalArgumentException(
          "the token names issuer " + token.issuer() + ", this is " + key.verifyingKey().id());
    }
    byte[] payload = TokenCodec.encodePayload(token);
    Bytes signature = key.sign(payload);
    Bytes signed = Bytes.owning(payload);
    return new SignedToken(
        Bytes.owning(TokenCodec.encodeEnvelope(signed, signature)), signed, token, signature);
  }
}
