package gyre.wire.token;

import gyre.wire.Bytes;
import gyre.wire.KeyId;
import gyre.wire.Limits;
import gyre.wire.PeerKind;
import gyre.wire.codec.DecodeException;
import gyre.wire.codec.MessageReader;
import gyre.wire.codec.MessageSink;
import java.time.Instant;

/** Tokens to bytes and back; PROTOCOL.md, section 3. No state. */
public final class TokenCodec {
  private static final int VERSION = 1;

  private TokenCodec() {}

  /** Decodes an envelope and its payload; the signature is not checked. */
  public static SignedToken decode(Bytes encoded) throws DecodeException {
    return MessageReader.whole(encoded.buffer(), Limits.TOKEN, in -> readEnvelope(encoded, in));
  }

  /** The payload: exactly what is signed. */
  static byte[] encodePayload(Token token) {
    return MessageSink.encode(
        Limits.TOKEN,
        out ->
            out.array(7)
                .uint(VERSION)
                .text(token.site())
                .uint(token.kind().code())
                .uint(token.expires().toEpochMilli())
                .bytes(token.nonce())
                .bytes(token.subject())
                .bytes(token.issuer().bytes()));
  }

  static byte[] encodeEnvelope(Bytes payload, Bytes signature) {
    return MessageSink.encode(Limits.TOKEN, out -> out.array(2).bytes(payload).bytes(signature));
  }

  private static SignedToken readEnvelope(Bytes encoded, MessageReader in) throws DecodeException {
    in.fields(2);
    Bytes payload = in.bytes("token", Limits.TOKEN);
    Bytes signature = in.bytesOf("signature", Limits.SIGNATURE);
    Token token = MessageReader.whole(payload.buffer(), Limits.TOKEN, TokenCodec::readPayload);
    return new SignedToken(encoded, payload, token, signature);
  }

  private static Token readPayload(MessageReader in) throws DecodeException {
    in.fields(7);
    long version = in.uint("version");
    if (version != VERSION) {
      throw in.malformed("a token of version " + version);
    }
    String site = in.text("site", Limits.SITE);
    long code = in.uint("kind");
    PeerKind kind =
        PeerKind.of(code).orElseThrow(() -> in.malformed("unknown kind of peer " + code));
    return new Token(
        site,
        kind,
        Instant.ofEpochMilli(in.uint("expires")),
        in.bytesOf("nonce", Limits.NONCE),
        in.bytesOfOrEmpty("subject", Limits.PUBLIC_KEY),
        new KeyId(in.bytesOf("key id", KeyId.LENGTH)));
  }
}
