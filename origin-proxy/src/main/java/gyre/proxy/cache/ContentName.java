package gyre.proxy.cache;

import gyre.wire.Digest;

/** The name of a representation's bytes in the stores: those of one site never serve another. */
public record ContentName(String site, Digest digest) {}
