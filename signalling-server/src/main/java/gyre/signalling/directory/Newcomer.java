package gyre.signalling.directory;

import gyre.wire.Bytes;
import gyre.wire.PeerId;
import gyre.wire.PeerKind;

/**
 * A peer as its token describes it. {@code subject} is the token's key, empty for a visitor. {@code
 * resume} are the 16 secret bytes with which the peer may take its session up again; {@code origin}
 * is the same for all who come from one address, and tells nobody which.
 */
public record Newcomer(
    PeerId peer,
    String site,
    PeerKind kind,
    Bytes subject,
    boolean serves,
    Bytes resume,
    long origin) {}
