package gyre.wire.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gyre.wire.ClientMessage;
import gyre.wire.PeerFrame;
import gyre.wire.PeerSignal;
import gyre.wire.ServerMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

final class CodecPropertyTest {

  @Property(tries = 400)
  void everyClientMessageComesBack(@ForAll("clientMessages") ClientMessage message)
      throws DecodeException {
    byte[] bytes = ClientMessageCodec.encode(message);
    assertEquals(Optional.of(message), ClientMessageCodec.decode(ByteBuffer.wrap(bytes)));
  }

  @Property(tries = 400)
  void everyServerMessageComesBackFromAReadOnlyBufferToo(
      @ForAll("serverMessages") ServerMessage message) throws DecodeException {
    byte[] bytes = ServerMessageCodec.encode(message);
    assertEquals(bytes.length, ServerMessageCodec.encodedLength(message));
    assertEquals(
        Optional.of(message), ServerMessageCodec.decode(ByteBuffer.wrap(bytes).asReadOnlyBuffer()));
  }

  @Property(tries = 200)
  void everySignalComesBackFromTheMiddleOfADirectBuffer(@ForAll("signals") PeerSignal signal)
      throws DecodeException {
    byte[] bytes = PeerSignalCodec.encode(signal);
    ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length + 7).position(3);
    direct.put(bytes).limit(3 + bytes.length).position(3);
    assertEquals(signal, PeerSignalCodec.decode(direct));
  }

  @Property(tries = 300)
  void framesTravelTogetherAndComeBackInOrder(@ForAll("frameLists") List<PeerFrame> frames)
      throws DecodeException {
    List<PeerFrame> back = new ArrayList<>();
    FrameBatch batch = new FrameBatch();
    for (PeerFrame frame : frames) {
      assertEquals(FrameCodec.encodedLength(frame), FrameCodec.encode(frame).length);
      if (!batch.add(frame)) {
        back.addAll(FrameCodec.decode(ByteBuffer.wrap(batch.take())));
        batch.add(frame);
      }
    }
    if (!batch.isEmpty()) {
      back.addAll(FrameCodec.decode(ByteBuffer.wrap(batch.take())));
    }
    assertEquals(frames, back);
  }

  @Property(tries = 200)
  void whatDecodesHasNoSecondEncoding(@ForAll("clientMessages") ClientMessage message)
      throws DecodeException {
    byte[] bytes = ClientMessageCodec.encode(message);
    ClientMessage decoded = ClientMessageCodec.decode(ByteBuffer.wrap(bytes)).orElseThrow();
    assertArrayEquals(bytes, ClientMessageCodec.encode(decoded));
  }

  @Provide
  Arbitrary<ClientMessage> clientMessages() {
    return Messages.clientMessages();
  }

  @Provide
  Arbitrary<ServerMessage> serverMessages() {
    return Messages.serverMessages();
  }

  @Provide
  Arbitrary<PeerSignal> signals() {
    return Messages.signals();
  }

  @Provide
  Arbitrary<List<PeerFrame>> frameLists() {
    return Messages.frames().list().ofMinSize(1).ofMaxSize(60);
  }
}
