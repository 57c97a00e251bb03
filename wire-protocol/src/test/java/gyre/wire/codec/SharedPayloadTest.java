package gyre.wire.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gyre.wire.Bytes;
import gyre.wire.ClientMessage;
import gyre.wire.PeerId;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SharedPayloadTest {
  private final PeerId peer = new PeerId("n1-AAAAAAAAAAAAAAAAAAAAAA");

  @Test
  void theRelayPayloadIsAViewOfTheFrameAndNoCopy() throws DecodeException {
    byte[] frame =
        ClientMessageCodec.encode(new ClientMessage.Relay(peer, Bytes.copyOf(new byte[9])));
    ClientMessage.Relay relay =
        (ClientMessage.Relay) ClientMessageCodec.decode(ByteBuffer.wrap(frame)).orElseThrow();
    frame[frame.length - 1] = 7;
    assertEquals(7, relay.payload().at(8));
  }

  @Test
  void aMessageOverTheFrameLimitIsABugOfItsSender() {
    ClientMessage publish =
        new ClientMessage.Publish(
            Collections.nCopies(5, Bytes.owning(new byte[16_000])), List.of());
    assertThrows(IllegalArgumentException.class, () -> ClientMessageCodec.encode(publish));
  }
}
