package gyre.signalling.matching;

import gyre.wire.PeerId;
import gyre.wire.PeerKind;

/**
 * Who asks. {@code accuser} is the id under which its complaints count: the first one of its
 * session, so that a resumed session does not complain twice.
 */
public record Asker(PeerId peer, PeerId accuser, PeerKind kind) {}
