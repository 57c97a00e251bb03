package gyre.signalling.matching;

import gyre.wire.PeerId;
import gyre.wire.PeerKind;

/**
 * A peer that could be named. {@code serves}: it said that it answers requests. {@code isNear}: it
 * is on the asker's page, so it likely holds what the asker needs next.
 */
public record Candidate(
    PeerId peer, PeerKind kind, boolean serves, boolean isNear, Conduct conduct) {}
