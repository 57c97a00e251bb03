package gyre.proxy.publication;

import gyre.wire.manifest.ChunkList;
import gyre.wire.manifest.SignedManifest;
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
}
