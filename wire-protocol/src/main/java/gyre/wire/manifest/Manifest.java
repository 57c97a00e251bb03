package gyre.wire.manifest;

import gyre.wire.Bytes;
import gyre.wire.Digest;
import gyre.wire.HeaderField;
import gyre.wire.KeyId;
import gyre.wire.Limits;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * What origin-proxy says about a representation; PROTOCOL.md, section 2. Times have milliseconds.
 * {@code hashes} is empty where the representation has more than {@link Limits#INLINE_CHUNKS}
 * chunks.
 */
public record Manifest(
    String site,
    String resource,
    int status,
    List<HeaderField> headers,
    long size,
    Digest digest,
    Bytes hashes,
    Instant issued,
    Duration lifetime,
    long generation,
    KeyId keyId) {
  public Manifest {
    Limits.text("site", site, Limits.SITE);
    Limits.text("resource", resource, Limits.RESOURCE);
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("not a final status: " + status);
    }
    headers = List.copyOf(headers);
    HeaderField.checkTogether(headers);
    Limits.uint("size", size, Limits.REPRESENTATION);
    int count = ChunkList.count(size);
    Limits.exactly("hashes", hashes, count <= Limits.INLINE_CHUNKS ? count * Digest.LENGTH : 0);
    issued = issued.truncatedTo(ChronoUnit.MILLIS);
    Limits.uint("issued", issued.toEpochMilli());
    lifetime = lifetime.truncatedTo(ChronoUnit.MILLIS);
    Limits.uint("lifetime", lifetime.toMillis(), Limits.MANIFEST_LIFETIME.toMillis());
    Limits.uint("generation", generation);
  }

  /** From this moment on it counts no more, tolerance aside. */
  public Instant expires() {
    return issued.plus(lifetime);
  }

  /** The list of chunks, where the manifest carries it itself. */
  public Optional<ChunkList> chunks() {
    return ChunkList.count(size) <= Limits.INLINE_CHUNKS
        ? Optional.of(new ChunkList(size, hashes))
        : Optional.empty();
  }
}
