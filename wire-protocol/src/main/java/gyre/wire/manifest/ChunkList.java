package gyre.wire.manifest;

import gyre.wire.Bytes;
import gyre.wire.Digest;
import gyre.wire.Limits;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** The size of a representation and the SHA-256 of each of its chunks, one after the other. */
public record ChunkList(long size, Bytes hashes) {
  /**
   * What one server keeps for itself may be larger than what travels, whose bound is {@link
   * Limits#REPRESENTATION}: this many bytes.
   */
  public static final long LARGEST = 1L << 34;

  public ChunkList {
    Limits.uint("size", size, LARGEST);
    Limits.exactly("hashes", hashes, count(size) * Digest.LENGTH);
  }

  public static ChunkList of(long size, Bytes hashes) {
    return new ChunkList(size, hashes);
  }

  /** Chunks that a representation of this size has; none where it is empty. */
  public static int count(long size) {
    return Math.toIntExact((size + Limits.CHUNK - 1) / Limits.CHUNK);
  }

  public int count() {
    return count(size);
  }

  /** The SHA-256 of one chunk. */
  public Digest hash(int index) {
    return new Digest(hashes.slice(index * Digest.LENGTH, Digest.LENGTH));
  }

  /** Bytes of one chunk: {@link Limits#CHUNK}, or fewer for the last. */
  public int length(int index) {
    long from = (long) index * Limits.CHUNK;
    return (int) Math.min(Limits.CHUNK, size - from);
  }

  /** Whether these bytes, which remain as they are, are that chunk. */
  public boolean matches(int index, ByteBuffer chunk) {
    if (index < 0 || index >= count() || chunk.remaining() != length(index)) {
      return false;
    }
    MessageDigest sha256 = Sha256.create();
    sha256.update(chunk.duplicate());
    return MessageDigest.isEqual(sha256.digest(), hash(index).bytes().toArray());
  }

  /** SHA-256 over the size as 64 bits, big-endian, then every hash: the name of the whole. */
  public Digest digest() {
    MessageDigest sha256 = Sha256.create();
    sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(size).flip());
    sha256.update(hashes.buffer());
    return new Digest(Bytes.owning(sha256.digest()));
  }

  /** Whether a manifest carries this list itself; PROTOCOL.md, section 2. */
  public boolean isInline() {
    return count() <= Limits.INLINE_CHUNKS;
  }
}
