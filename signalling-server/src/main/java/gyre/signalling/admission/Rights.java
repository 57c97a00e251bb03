package gyre.signalling.admission;

import gyre.wire.ClientMessage;
import gyre.wire.PeerKind;
import gyre.wire.RefusalCode;

/** Which kind of peer may send which message, once it was welcomed; PROTOCOL.md, section 4. */
public final class Rights {
  private Rights() {}

  public static Admission of(PeerKind kind, ClientMessage message) {
    return switch (message) {
      case ClientMessage.Hello _, ClientMessage.Prove _ ->
          new Admission.Refuse(RefusalCode.MALFORMED, "this connection was welcomed already");
      case ClientMessage.Page _ -> only(kind, PeerKind.VISITOR, "turns pages");
      case ClientMessage.Announce announce ->
          announce.runs().isEmpty() && announce.stops().isEmpty()
              ? new Admission.Admit()
              : only(kind, PeerKind.WORKER, "runs apps");
      case ClientMessage.Locate locate ->
          locate.apps().isEmpty()
              ? new Admission.Admit()
              : only(kind, PeerKind.PROXY, "locates apps");
      case ClientMessage.Publish _ -> only(kind, PeerKind.PROXY, "publishes");
      case ClientMessage.Withdraw _ -> only(kind, PeerKind.PROXY, "withdraws");
      case ClientMessage.Relay _, ClientMessage.Report _, ClientMessage.Ping _ ->
          new Admission.Admit();
    };
  }

  private static Admission only(PeerKind kind, PeerKind allowed, String what) {
    return Admission.of(
        kind == allowed,
        RefusalCode.RIGHTS,
        "only a " + name(allowed) + " " + what + ", this is a " + name(kind));
  }

  private static String name(PeerKind kind) {
    return switch (kind) {
      case VISITOR -> "visitor";
      case WORKER -> "worker";
      case PROXY -> "proxy";
    };
  }
}
