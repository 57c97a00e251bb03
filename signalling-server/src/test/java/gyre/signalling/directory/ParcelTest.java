package gyre.signalling.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.wire.Bytes;
import gyre.wire.Limits;
import gyre.wire.PeerId;
import gyre.wire.Providers;
import gyre.wire.ServerMessage;
import gyre.wire.codec.ServerMessageCodec;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

final class ParcelTest {
  private static final List<PeerId> PEERS =
      IntStream.range(0, 16).mapToObj(i -> new PeerId("node-" + "%022d".formatted(i))).toList();

  @Property(tries = 50)
  void aWelcomeNeverOutgrowsASignallingFrame(
      @ForAll @IntRange(min = 1, max = Limits.MANIFEST) int size,
      @ForAll @IntRange(min = 0, max = 16) int peers) {
    Parcel parcel = new Parcel();
    for (int i = 0; i < 128; i++) {
      parcel.add(manifest(i, size));
      parcel.add(new Providers(Actors.digest(i), PEERS.subList(0, peers)));
    }
    byte[] encoded =
        ServerMessageCodec.encode(
            new ServerMessage.Welcome(
                PEERS.getFirst(),
                20_000,
                Bytes.owning(new byte[16]),
                true,
                parcel.manifests(),
                parcel.providers(),
                PEERS));
    assertTrue(encoded.length <= Limits.SIGNALLING_FRAME, encoded.length + " bytes");
    assertFalse(parcel.manifests().isEmpty());
  }

  @Property(tries = 1)
  void aDigestIsListedOnceAndWithoutProvidersNotAtAll() {
    Parcel parcel = new Parcel();
    parcel.add(new Providers(Actors.digest(1), List.of()));
    parcel.add(new Providers(Actors.digest(2), PEERS));
    parcel.add(new Providers(Actors.digest(2), PEERS.subList(0, 1)));
    assertEquals(List.of(new Providers(Actors.digest(2), PEERS)), parcel.providers());
  }

  private static Published manifest(int number, int size) {
    return new Published(
        Bytes.owning(new byte[size]),
        "//e/" + number,
        Actors.digest(number),
        1,
        Actors.START,
        Actors.START);
  }
}
