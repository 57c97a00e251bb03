package gyre.wire.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.wire.Bytes;
import gyre.wire.HeaderField;
import gyre.wire.Limits;
import gyre.wire.PeerFrame;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FrameBatchTest {
  private final PeerFrame chunk =
      new PeerFrame.Data(1, Bytes.owning(new byte[Limits.FRAME_PAYLOAD]));

  @Test
  void aMessageHoldsOneWholeChunkAndWhatIsSmallBesideIt() throws DecodeException {
    FrameBatch batch = new FrameBatch();
    assertTrue(batch.add(chunk));
    assertFalse(batch.add(chunk));
    assertTrue(batch.add(new PeerFrame.End(1)));
    byte[] message = batch.take();
    assertEquals(List.of(chunk, new PeerFrame.End(1)), FrameCodec.decode(ByteBuffer.wrap(message)));
    assertTrue(batch.isEmpty());
    assertEquals(0, batch.length());
  }

  @Test
  void theHeaviestHeadersThatARecordAllowsFitAFrame() {
    List<HeaderField> headers =
        Collections.nCopies(4, new HeaderField("a", "x".repeat(Limits.HEADER_VALUE - 1)));
    String target = "/" + "t".repeat(Limits.TARGET - 1);
    PeerFrame heaviest = new PeerFrame.Request(1, "GET", target, headers);
    assertTrue(FrameCodec.encodedLength(heaviest) < Limits.FRAME_PAYLOAD);
  }

  @Test
  void recordsRefuseWhatNoFrameMayCarry() {
    Bytes tooLong = Bytes.owning(new byte[Limits.FRAME_PAYLOAD + 1]);
    assertThrows(IllegalArgumentException.class, () -> new PeerFrame.Data(1, tooLong));
    assertThrows(
        IllegalArgumentException.class,
        () -> new PeerFrame.Request(1, "GET", "/\ud800", List.of()));
    assertThrows(IllegalArgumentException.class, () -> new PeerFrame.End(-1));
    List<HeaderField> heavy =
        Collections.nCopies(5, new HeaderField("a", "x".repeat(Limits.HEADER_VALUE)));
    assertThrows(IllegalArgumentException.class, () -> new PeerFrame.Response(1, 200, heavy));
  }
}
