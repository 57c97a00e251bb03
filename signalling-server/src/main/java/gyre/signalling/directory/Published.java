package gyre.signalling.directory;

import gyre.wire.Bytes;
import gyre.wire.Digest;
import java.time.Instant;

/**
 * A manifest as the directory keeps it: its exact bytes, and of its fields those that the directory
 * decides by. The signature is the reader's to check: the signalling server holds no site's keys.
 */
public record Published(
    Bytes encoded,
    String resource,
    Digest digest,
    long generation,
    Instant issued,
    Instant expires) {}
