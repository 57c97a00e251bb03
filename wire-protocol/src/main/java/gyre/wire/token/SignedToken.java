package gyre.wire.token;

import gyre.wire.Bytes;

/**
 * A token as it travels; made by {@link TokenCodec} and {@link TokenIssuer}. {@code signature}
 * covers {@code payload}. Decoded is not checked: see {@link TokenCheck}.
 */
public record SignedToken(Bytes encoded, Bytes payload, Token token, Bytes signature) {}
