package gyre.signalling.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gyre.wire.AppId;
import gyre.wire.Bytes;
import gyre.wire.ClientMessage;
import gyre.wire.Digest;
import gyre.wire.PeerId;
import gyre.wire.PeerKind;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RightsTest {
  private static final Digest DIGEST = new Digest(Bytes.owning(new byte[32]));
  private static final AppId APP = new AppId("search", DIGEST);

  private static final Map<ClientMessage, Set<PeerKind>> TABLE =
      Map.of(
          new ClientMessage.Page("//e/"), Set.of(PeerKind.VISITOR),
          new ClientMessage.Announce(List.of(DIGEST), List.of(), List.of(), List.of()),
              Set.of(PeerKind.values()),
          new ClientMessage.Announce(List.of(), List.of(), List.of(APP), List.of()),
              Set.of(PeerKind.WORKER),
          new ClientMessage.Announce(List.of(), List.of(), List.of(), List.of(APP)),
              Set.of(PeerKind.WORKER),
          new ClientMessage.Locate(1, List.of(), List.of(DIGEST), List.of()),
              Set.of(PeerKind.values()),
          new ClientMessage.Locate(1, List.of(), List.of(), List.of(APP)), Set.of(PeerKind.PROXY),
          new ClientMessage.Publish(List.of(), List.of()), Set.of(PeerKind.PROXY),
          new ClientMessage.Withdraw(1, List.of()), Set.of(PeerKind.PROXY),
          new ClientMessage.Relay(new PeerId("n-" + "x".repeat(22)), Bytes.EMPTY),
              Set.of(PeerKind.values()),
          new ClientMessage.Ping(1), Set.of(PeerKind.values()));

  @Test
  void eachKindOfPeerMaySendWhatTheProtocolSaysAndNothingElse() {
    TABLE.forEach(
        (message, kinds) -> {
          for (PeerKind kind : PeerKind.values()) {
            boolean isAdmitted = Rights.of(kind, message) instanceof Admission.Admit;
            assertEquals(kinds.contains(kind), isAdmitted, kind + " " + message);
          }
        });
  }
}
