package gyre.signalling.matching;

import gyre.wire.PeerId;

/**
 * Who complains. {@code session} is the first id of its session, so that a resumed session does not
 * complain twice; {@code origin} stands for the address it came from, so that many sessions of one
 * address have one voice.
 */
public record Accuser(PeerId session, long origin) {}
