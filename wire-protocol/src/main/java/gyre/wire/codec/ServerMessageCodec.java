package gyre.wire.codec;

import gyre.wire.Bytes;
import gyre.wire.Limits;
import gyre.wire.Providers;
import gyre.wire.RefusalCode;
import gyre.wire.ServerMessage;
import gyre.wire.ServerMessage.Challenge;
import gyre.wire.ServerMessage.GoAway;
import gyre.wire.ServerMessage.Hint;
import gyre.wire.ServerMessage.Located;
import gyre.wire.ServerMessage.Pong;
import gyre.wire.ServerMessage.Refused;
import gyre.wire.ServerMessage.Relayed;
import gyre.wire.ServerMessage.Welcome;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** What the signalling server says to a client; PROTOCOL.md, section 4. No state. */
public final class ServerMessageCodec {
  static final int WELCOME = 65;
  static final int CHALLENGE = 66;
  static final int LOCATED = 67;
  static final int RELAYED = 68;
  static final int HINT = 69;
  static final int REFUSED = 70;
  static final int GO_AWAY = 71;
  static final int PONG = 72;

  private ServerMessageCodec() {}

  /** IllegalArgumentException where the message is longer than one frame may be. */
  public static byte[] encode(ServerMessage message) {
    return MessageSink.encode(Limits.SIGNALLING_FRAME, out -> describe(message, out));
  }

  /** The bytes that the message will have: how a sender finds out what still fits a frame. */
  public static int encodedLength(ServerMessage message) {
    return MessageSink.length(out -> describe(message, out));
  }

  /**
   * Decodes one frame; empty where its tag is unknown. The payload of a relay shares the array of
   * the buffer, which must not be changed afterwards; everything else is copied.
   */
  public static Optional<ServerMessage> decode(ByteBuffer frame) throws DecodeException {
    return MessageReader.whole(frame, Limits.SIGNALLING_FRAME, ServerMessageCodec::read);
  }

  private static void describe(ServerMessage message, MessageSink out) {
    switch (message) {
      case Welcome welcome -> describeWelcome(welcome, out);
      case Challenge(Bytes nonce) -> out.array(2).uint(CHALLENGE).bytes(nonce);
      case Located located ->
          out.array(5)
              .uint(LOCATED)
              .uint(located.request())
              .list(located.manifests(), MessageSink::bytes)
              .list(located.providers(), Fields::providers)
              .list(located.runners(), Fields::runners);
      case Relayed relayed ->
          out.array(3).uint(RELAYED).text(relayed.from().text()).bytes(relayed.payload());
      case Hint(List<Bytes> manifests, List<Providers> providers) ->
          out.array(3)
              .uint(HINT)
              .list(manifests, MessageSink::bytes)
              .list(providers, Fields::providers);
      case Refused(RefusalCode code, String reason) ->
          out.array(3).uint(REFUSED).uint(code.code()).text(reason);
      case GoAway(long reconnectMillis) -> out.array(2).uint(GO_AWAY).uint(reconnectMillis);
      case Pong(long nonce) -> out.array(2).uint(PONG).uint(nonce);
    }
  }

  private static void describeWelcome(Welcome welcome, MessageSink out) {
    out.array(8)
        .uint(WELCOME)
        .text(welcome.peer().text())
        .uint(welcome.heartbeatMillis())
        .bytes(welcome.resume())
        .bool(welcome.resumed())
        .list(welcome.manifests(), MessageSink::bytes)
        .list(welcome.providers(), Fields::providers)
        .list(welcome.neighbours(), Fields::peer);
  }

  private static Optional<ServerMessage> read(MessageReader in) throws DecodeException {
    int fields = in.array("fields", Limits.SIGNALLING_FRAME);
    return switch (in.tag()) {
      case WELCOME -> in.tagged(fields, 8, ServerMessageCodec::welcome);
      case CHALLENGE -> in.tagged(fields, 2, ServerMessageCodec::challenge);
      case LOCATED -> in.tagged(fields, 5, ServerMessageCodec::located);
      case RELAYED -> in.tagged(fields, 3, ServerMessageCodec::relayed);
      case HINT -> in.tagged(fields, 3, ServerMessageCodec::hint);
      case REFUSED -> in.tagged(fields, 3, ServerMessageCodec::refused);
      case GO_AWAY -> in.tagged(fields, 2, each -> new GoAway(each.uint("reconnect")));
      case PONG -> in.tagged(fields, 2, each -> new Pong(each.uint("nonce")));
      default -> in.unknownTag();
    };
  }

  private static Welcome welcome(MessageReader in) throws DecodeException {
    return new Welcome(
        in.peerId(),
        in.uint("heartbeat"),
        in.bytesOf("resume", Limits.RESUME),
        in.bool(),
        manifests(in),
        providers(in),
        in.list("neighbours", Limits.NEIGHBOURS, MessageReader::peerId));
  }

  private static Challenge challenge(MessageReader in) throws DecodeException {
    return new Challenge(in.bytesOf("nonce", Limits.CHALLENGE));
  }

  private static Located located(MessageReader in) throws DecodeException {
    return new Located(
        in.uint("request"),
        manifests(in),
        providers(in),
        in.list("apps", Limits.LOCATE_ITEMS, Fields::runners));
  }

  private static Relayed relayed(MessageReader in) throws DecodeException {
    return new Relayed(in.peerId(), in.sharedBytes("relay payload", Limits.RELAY_PAYLOAD));
  }

  private static Hint hint(MessageReader in) throws DecodeException {
    return new Hint(manifests(in), providers(in));
  }

  private static Refused refused(MessageReader in) throws DecodeException {
    long code = in.uint("code");
    RefusalCode known =
        RefusalCode.of(code).orElseThrow(() -> in.malformed("unknown refusal code " + code));
    return new Refused(known, in.text("reason", Limits.REASON));
  }

  private static List<Bytes> manifests(MessageReader in) throws DecodeException {
    return in.list("manifests", Limits.MANIFESTS, Fields::manifest);
  }

  private static List<Providers> providers(MessageReader in) throws DecodeException {
    return in.list("digests", Limits.PROVIDED_DIGESTS, Fields::providers);
  }
}
