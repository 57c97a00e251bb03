package gyre.wire.token;

import gyre.wire.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What a worker or a proxy signs to prove that it holds its token's key; PROTOCOL.md, 4. */
public final class Proof {
  private static final byte[] CONTEXT = "gyre/1 prove".getBytes(StandardCharsets.US_ASCII);

  private Proof() {}

  /** The bytes to sign with the subject's key: the answer to a challenge. */
  public static byte[] signedBytes(Bytes challenge) {
    ByteBuffer bytes = ByteBuffer.allocate(CONTEXT.length + challenge.length());
    bytes.put(CONTEXT);
    challenge.writeTo(bytes);
    return bytes.array();
  }
}
