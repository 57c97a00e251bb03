package gyre.proxy.swarm;

import gyre.wire.Bytes;

/** One frame's worth of a body. {@code packed}: one zstd frame that decodes to one chunk. */
record Piece(Bytes bytes, boolean packed) {}
