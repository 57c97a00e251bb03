package gyre.wire.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import gyre.wire.Bytes;
import gyre.wire.ClientMessage;
import gyre.wire.PeerFrame;
import gyre.wire.PeerSignal;
import gyre.wire.ServerMessage;
import gyre.wire.codec.ClientMessageCodec;
import gyre.wire.codec.FrameCodec;
import gyre.wire.codec.PeerSignalCodec;
import gyre.wire.codec.ServerMessageCodec;
import gyre.wire.key.VerifyingKey;
import gyre.wire.manifest.ManifestCodec;
import gyre.wire.token.TokenCodec;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.ThrowingConsumer;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;

/** The files say what the records encode to, and decode to what the files say. */
final class GoldenVectorTest {

  @TestFactory
  Stream<DynamicTest> everyFileHoldsWhatTheCatalogueEncodesTo() {
    return VectorWriter.files().entrySet().stream()
        .map(
            file ->
                dynamicTest(
                    file.getKey(),
                    () -> assertEquals(listOf(file.getValue()), Vectors.read(file.getKey()))));
  }

  @TestFactory
  Stream<DynamicTest> clientMessagesDecodeAndEncodeToTheSameBytes() {
    return forEach(
        "signalling-client.json",
        vector -> {
          ClientMessage message = ClientMessageCodec.decode(Vectors.bytes(vector)).orElseThrow();
          assertEquals(vector.get("message"), Description.ofMessage((Record) message));
          assertArrayEquals(Vectors.bytes(vector).array(), ClientMessageCodec.encode(message));
        });
  }

  @TestFactory
  Stream<DynamicTest> serverMessagesDecodeAndEncodeToTheSameBytes() {
    return forEach(
        "signalling-server.json",
        vector -> {
          ServerMessage message = ServerMessageCodec.decode(Vectors.bytes(vector)).orElseThrow();
          assertEquals(vector.get("message"), Description.ofMessage((Record) message));
          assertArrayEquals(Vectors.bytes(vector).array(), ServerMessageCodec.encode(message));
        });
  }

  @TestFactory
  Stream<DynamicTest> signalsDecodeAndEncodeToTheSameBytes() {
    return forEach(
        "signals.json",
        vector -> {
          PeerSignal signal = PeerSignalCodec.decode(Vectors.bytes(vector));
          assertEquals(vector.get("message"), Description.ofMessage((Record) signal));
          assertArrayEquals(Vectors.bytes(vector).array(), PeerSignalCodec.encode(signal));
        });
  }

  @TestFactory
  Stream<DynamicTest> framesDecodeAndEncodeToTheSameBytes() {
    return forEach(
        "frames.json",
        vector -> {
          List<PeerFrame> frames = FrameCodec.decode(Vectors.bytes(vector));
          assertEquals(vector.get("message"), VectorWriter.describe(frames));
          assertArrayEquals(Vectors.bytes(vector).array(), VectorWriter.encode(frames));
        });
  }

  @TestFactory
  Stream<DynamicTest> manifestsDecodeAndTheirSignaturesHold() {
    return forEach(
        "manifest.json",
        vector -> {
          var signed = ManifestCodec.decode(Bytes.copyOf(Vectors.bytes(vector)));
          assertEquals(vector.get("message"), Description.ofFields(signed.manifest()));
          assertEquals(vector.get("signed").asText(), Description.hex(signed.body()));
          assertTrue(keyOf(vector).verify(signed.body(), signed.signature()));
        });
  }

  @TestFactory
  Stream<DynamicTest> tokensDecodeAndTheirSignaturesHold() {
    return forEach(
        "token.json",
        vector -> {
          var signed = TokenCodec.decode(Bytes.copyOf(Vectors.bytes(vector)));
          assertEquals(vector.get("message"), Description.ofFields(signed.token()));
          assertEquals(vector.get("signed").asText(), Description.hex(signed.payload()));
          assertTrue(keyOf(vector).verify(signed.payload(), signed.signature()));
        });
  }

  @TestFactory
  Stream<DynamicTest> anIndependentLibraryPacksTheSameValuesToTheSameBytes() {
    return Stream.of("signalling-client.json", "signalling-server.json", "signals.json")
        .flatMap(
            file ->
                forEach(
                    file,
                    vector -> {
                      byte[] bytes = Vectors.bytes(vector).array();
                      assertArrayEquals(bytes, repacked(bytes));
                    }));
  }

  @TestFactory
  Stream<DynamicTest> unknownTagsAndTypesArePassedOver() {
    return forEach(
        "unknown.json",
        vector -> {
          var bytes = Vectors.bytes(vector);
          switch (vector.get("codec").asText()) {
            case "client" -> assertTrue(ClientMessageCodec.decode(bytes).isEmpty());
            case "server" -> assertTrue(ServerMessageCodec.decode(bytes).isEmpty());
            default ->
                assertTrue(
                    FrameCodec.decode(bytes).stream()
                        .allMatch(frame -> frame instanceof PeerFrame.End));
          }
        });
  }

  private static byte[] repacked(byte[] bytes) throws IOException {
    try (MessageUnpacker unpacker = MessagePack.newDefaultUnpacker(bytes);
        MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
      packer.packValue(unpacker.unpackValue());
      return packer.toByteArray();
    }
  }

  private static VerifyingKey keyOf(JsonNode vector) {
    return new VerifyingKey(
        Bytes.owning(java.util.HexFormat.of().parseHex(vector.get("key").asText())));
  }

  private static List<JsonNode> listOf(ArrayNode array) {
    return StreamSupport.stream(array.spliterator(), false).toList();
  }

  private static Stream<DynamicTest> forEach(String file, ThrowingConsumer<JsonNode> check) {
    return Vectors.read(file).stream()
        .map(vector -> dynamicTest(Vectors.name(vector), () -> check.accept(vector)));
  }
}
