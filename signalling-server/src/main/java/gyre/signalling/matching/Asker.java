package gyre.signalling.matching;

import gyre.wire.PeerId;
import gyre.wire.PeerKind;

/** Who asks, and as whom it complains. */
public record Asker(PeerId peer, Accuser accuser, PeerKind kind) {}
