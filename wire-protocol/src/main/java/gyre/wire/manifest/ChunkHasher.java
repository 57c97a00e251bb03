package gyre.wire.manifest;

import gyre.wire.Bytes;
import gyre.wire.Digest;
import gyre.wire.Limits;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** Hashes a representation in passing, chunk by chunk, in pieces of any length. One thread. */
public final class ChunkHasher {
  private final MessageDigest sha256 = Sha256.create();
  private final ByteArrayOutputStream hashes = new ByteArrayOutputStream(8 * Digest.LENGTH);
  private long size;
  private int inChunk;

  /** Takes what remains in the buffer; IllegalStateException past {@link ChunkList#LARGEST}. */
  public void update(ByteBuffer bytes) {
    if (size + bytes.remaining() > ChunkList.LARGEST) {
      throw new IllegalStateException(
          "a representation of more than " + ChunkList.LARGEST + " bytes");
    }
    size += bytes.remaining();
    while (bytes.hasRemaining()) {
      int length = Math.min(bytes.remaining(), Limits.CHUNK - inChunk);
      sha256.update(bytes.slice(bytes.position(), length));
      bytes.position(bytes.position() + length);
      inChunk += length;
      if (inChunk == Limits.CHUNK) {
        endChunk();
      }
    }
  }

  /** The bytes taken so far. */
  public long size() {
    return size;
  }

  /** The list of all chunks; the hasher is of no use afterwards. */
  public ChunkList finish() {
    if (inChunk > 0) {
      endChunk();
    }
    return new ChunkList(size, Bytes.owning(hashes.toByteArray()));
  }

  private void endChunk() {
    hashes.writeBytes(sha256.digest());
    inChunk = 0;
  }
}
