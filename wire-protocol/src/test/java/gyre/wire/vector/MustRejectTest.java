package gyre.wire.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import gyre.wire.Bytes;
import gyre.wire.codec.ClientMessageCodec;
import gyre.wire.codec.DecodeException;
import gyre.wire.codec.FrameCodec;
import gyre.wire.codec.PeerSignalCodec;
import gyre.wire.codec.ServerMessageCodec;
import gyre.wire.manifest.ManifestCodec;
import gyre.wire.token.TokenCodec;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class MustRejectTest {

  @TestFactory
  Stream<DynamicTest> whatMustBeRejectedIs() {
    return Vectors.read("must-reject.json").stream()
        .map(
            vector ->
                dynamicTest(
                    Vectors.name(vector),
                    () ->
                        assertThrows(
                            DecodeException.class,
                            () -> decode(vector.get("codec").asText(), Vectors.bytes(vector)))));
  }

  @Test
  void aMessageLongerThanAFrameIsRejectedWhateverItSays() {
    for (String codec : new String[] {"client", "server", "signal", "manifest", "token"}) {
      DecodeException refused =
          assertThrows(
              DecodeException.class, () -> decode(codec, ByteBuffer.wrap(new byte[65_537])));
      assertEquals(0, refused.offset());
    }
    assertThrows(
        DecodeException.class, () -> FrameCodec.decode(ByteBuffer.wrap(new byte[131_073])));
  }

  @Test
  void aRejectionSaysWhereAndWhy() {
    DecodeException refused =
        assertThrows(
            DecodeException.class,
            () -> ClientMessageCodec.decode(ByteBuffer.wrap(new byte[] {(byte) 0x92, 10})));
    assertEquals(1, refused.offset());
    assertEquals("fields of 2 where 1 bytes are left", refused.reason());
  }

  /** Decodes with the codec that a vector names. */
  static Object decode(String codec, ByteBuffer bytes) throws DecodeException {
    return switch (codec) {
      case "client" -> ClientMessageCodec.decode(bytes);
      case "server" -> ServerMessageCodec.decode(bytes);
      case "signal" -> PeerSignalCodec.decode(bytes);
      case "frames" -> FrameCodec.decode(bytes);
      case "manifest" -> ManifestCodec.decode(Bytes.copyOf(bytes));
      case "token" -> TokenCodec.decode(Bytes.copyOf(bytes));
      default -> throw new IllegalArgumentException("no codec " + codec);
    };
  }
}
