package gyre.proxy.publication;

import gyre.proxy.fetch.Publication.Representation;
import gyre.wire.manifest.ChunkList;
import gyre.wire.manifest.Manifest;
import gyre.wire.manifest.SignedManifest;
import java.time.Duration;
import java.time.Instant;

/** What was signed of one resource, its chunks, and until when its response is fresh. */
record Published(SignedManifest signed, ChunkList chunks, Instant freshUntil) {

  /** Whether the manifest counts now. */
  boolean isValid(Instant now) {
    return now.isBefore(signed.manifest().expires());
  }

  /** Less than a third of the manifest's life is left, while the response is fresh for longer. */
  boolean isDue(Instant now) {
    Instant due = signed.manifest().expires().minus(signed.manifest().lifetime().dividedBy(3));
    return !now.isBefore(due) && freshUntil.isAfter(signed.manifest().expires());
  }

  /** Whether the manifest says the same as this one would, for as long. */
  boolean says(Representation representation) {
    Manifest manifest = signed.manifest();
    return manifest.status() == representation.status()
        && manifest.headers().equals(representation.headers())
        && chunks.equals(representation.chunks())
        && !freshUntil.isBefore(representation.freshUntil().minus(Duration.ofSeconds(1)));
  }
}
