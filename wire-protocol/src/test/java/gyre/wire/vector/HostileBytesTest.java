package gyre.wire.vector;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import gyre.wire.codec.DecodeException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/**
 * Whatever the bytes are, a decoder returns or fails with DecodeException, and does nothing else.
 */
final class HostileBytesTest {
  private static final Map<String, String> FILES =
      Map.of(
          "client", "signalling-client.json",
          "server", "signalling-server.json",
          "signal", "signals.json",
          "frames", "frames.json",
          "manifest", "manifest.json",
          "token", "token.json");

  private final Map<String, List<byte[]>> golden = goldenBytes();

  @Property(tries = 3_000)
  void arbitraryBytesDoNoHarm(@ForAll @Size(max = 200) byte[] bytes) {
    FILES.keySet().forEach(codec -> decodeOrRefuse(codec, bytes));
  }

  @Property(tries = 5_000)
  void goodMessagesWithOneByteChangedDoNoHarm(
      @ForAll int which, @ForAll int where, @ForAll byte value) {
    golden.forEach(
        (codec, all) -> {
          byte[] bytes = all.get(Math.floorMod(which, all.size())).clone();
          bytes[Math.floorMod(where, bytes.length)] = value;
          decodeOrRefuse(codec, bytes);
        });
  }

  @Property(tries = 2_000)
  void arraysOfAnyDeclaredLengthDoNoHarm(
      @ForAll @IntRange(max = 255) int tag, @ForAll @Size(max = 12) byte[] rest) {
    byte[] bytes = new byte[rest.length + 3];
    bytes[0] = (byte) (0x90 | (tag & 7));
    bytes[1] = (byte) tag;
    bytes[2] = (byte) 0xdd;
    System.arraycopy(rest, 0, bytes, 3, rest.length);
    FILES.keySet().forEach(codec -> decodeOrRefuse(codec, bytes));
  }

  @Test
  void everyPrefixOfAGoodMessageIsRefused() {
    Map<String, List<byte[]>> messages = new HashMap<>(golden);
    messages.remove("frames"); // the first of two frames is a message, too
    messages.forEach(
        (codec, all) -> {
          for (byte[] bytes : all) {
            for (int length = 0; length < Math.min(bytes.length, 400); length++) {
              ByteBuffer prefix = ByteBuffer.wrap(Arrays.copyOf(bytes, length));
              assertThrows(DecodeException.class, () -> MustRejectTest.decode(codec, prefix));
            }
          }
        });
  }

  private static void decodeOrRefuse(String codec, byte[] bytes) {
    try {
      assertNotNull(MustRejectTest.decode(codec, ByteBuffer.wrap(bytes)));
    } catch (DecodeException refused) {
      assertNotNull(refused.reason());
    }
  }

  private static Map<String, List<byte[]>> goldenBytes() {
    return FILES.entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, file -> bytesOf(Vectors.read(file.getValue()).stream())));
  }

  private static List<byte[]> bytesOf(Stream<JsonNode> vectors) {
    return vectors.map(vector -> Vectors.bytes(vector).array()).toList();
  }
}
