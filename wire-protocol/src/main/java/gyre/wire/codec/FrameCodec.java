package gyre.wire.codec;

import gyre.wire.Bytes;
import gyre.wire.CancelCode;
import gyre.wire.HeaderField;
import gyre.wire.Limits;
import gyre.wire.PeerFrame;
import gyre.wire.PeerFrame.Cancel;
import gyre.wire.PeerFrame.Credit;
import gyre.wire.PeerFrame.Data;
import gyre.wire.PeerFrame.End;
import gyre.wire.PeerFrame.Packed;
import gyre.wire.PeerFrame.Request;
import gyre.wire.PeerFrame.Response;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Frames of exchanges to bytes and back; PROTOCOL.md, section 5. No state. */
public final class FrameCodec {
  static final int REQUEST = 1;
  static final int RESPONSE = 2;
  static final int DATA = 3;
  static final int PACKED = 4;
  static final int END = 5;
  static final int CANCEL = 6;
  static final int CREDIT = 7;

  private FrameCodec() {}

  /** The bytes of the frame, its head included. */
  public static int encodedLength(PeerFrame frame) {
    int payload = payloadLength(frame);
    return 1 + Varint.length(frame.exchange()) + Varint.length(payload) + payload;
  }

  /**
   * Writes one frame into a big-endian buffer that has room for it. IllegalArgumentException where
   * a structured payload is longer than a frame may carry.
   */
  public static void encode(PeerFrame frame, ByteBuffer out) {
    int length = payloadLength(frame);
    Limits.within("frame payload", length, Limits.FRAME_PAYLOAD);
    out.put((byte) typeOf(frame));
    Varint.write(frame.exchange(), out);
    Varint.write(length, out);
    switch (frame) {
      case Data(int _, Bytes payload) -> payload.writeTo(out);
      case Packed(int _, Bytes payload) -> payload.writeTo(out);
      case End _ -> {}
      case Request _, Response _, Cancel _, Credit _ -> describe(frame, new MessageOutput(out));
    }
  }

  /** One frame as a message of its own. */
  public static byte[] encode(PeerFrame frame) {
    ByteBuffer out = ByteBuffer.allocate(encodedLength(frame));
    encode(frame, out);
    return out.array();
  }

  /** The frames of one message, in order; frames of unknown types are left out. */
  public static List<PeerFrame> decode(ByteBuffer message) throws DecodeException {
    if (message.remaining() > Limits.EXCHANGE_MESSAGE) {
      throw new DecodeException(
          0, "a message of " + message.remaining() + ", the limit is " + Limits.EXCHANGE_MESSAGE);
    }
    if (!message.hasRemaining()) {
      throw new DecodeException(0, "a message without a frame");
    }
    ByteBuffer in = message.slice();
    List<PeerFrame> frames = new ArrayList<>(2);
    while (in.hasRemaining()) {
      readFrame(in).ifPresent(frames::add);
    }
    return frames;
  }

  private static Optional<PeerFrame> readFrame(ByteBuffer in) throws DecodeException {
    int type = in.get() & 0xff;
    int exchange = Varint.read("exchange", in);
    int length = Varint.read("length", in);
    if (length > Limits.FRAME_PAYLOAD) {
      throw new DecodeException(
          in.position(), "a payload of " + length + ", the limit is " + Limits.FRAME_PAYLOAD);
    }
    if (length > in.remaining()) {
      throw new DecodeException(
          in.position(), "a payload of " + length + " where " + in.remaining() + " are left");
    }
    int start = in.position();
    ByteBuffer payload = in.slice(start, length);
    in.position(start + length);
    try {
      return readPayload(type, exchange, payload);
    } catch (DecodeException inside) {
      throw new DecodeException(start + inside.offset(), inside.reason());
    }
  }

  private static Optional<PeerFrame> readPayload(int type, int exchange, ByteBuffer payload)
      throws DecodeException {
    return switch (type) {
      case REQUEST -> Optional.of(structured(payload, in -> request(exchange, in)));
      case RESPONSE -> Optional.of(structured(payload, in -> response(exchange, in)));
      case DATA -> Optional.of(new Data(exchange, Bytes.copyOf(payload)));
      case PACKED -> Optional.of(new Packed(exchange, Bytes.copyOf(payload)));
      case END -> Optional.of(end(exchange, payload));
      case CANCEL -> Optional.of(structured(payload, in -> cancel(exchange, in)));
      case CREDIT -> Optional.of(structured(payload, in -> credit(exchange, in)));
      default -> Optional.empty();
    };
  }

  private static PeerFrame structured(ByteBuffer payload, MessageReader.Reading<PeerFrame> reading)
      throws DecodeException {
    return MessageReader.whole(payload, Limits.FRAME_PAYLOAD, reading);
  }

  private static PeerFrame request(int exchange, MessageReader in) throws DecodeException {
    in.fields(3);
    return new Request(
        exchange, in.text("method", Limits.METHOD), in.text("target", Limits.TARGET), headers(in));
  }

  private static PeerFrame response(int exchange, MessageReader in) throws DecodeException {
    in.fields(2);
    return new Response(exchange, in.uint31("status"), headers(in));
  }

  private static PeerFrame end(int exchange, ByteBuffer payload) throws DecodeException {
    if (payload.hasRemaining()) {
      throw new DecodeException(0, "an end with a payload");
    }
    return new End(exchange);
  }

  private static PeerFrame cancel(int exchange, MessageReader in) throws DecodeException {
    in.fields(2);
    long code = in.uint("code");
    CancelCode known =
        CancelCode.of(code).orElseThrow(() -> in.malformed("unknown cancel code " + code));
    return new Cancel(exchange, known, in.text("reason", Limits.REASON));
  }

  private static PeerFrame credit(int exchange, MessageReader in) throws DecodeException {
    in.fields(1);
    return new Credit(exchange, in.uint("credit"));
  }

  private static List<HeaderField> headers(MessageReader in) throws DecodeException {
    return in.list("headers", Limits.HEADERS, Fields::header);
  }

  private static int payloadLength(PeerFrame frame) {
    return switch (frame) {
      case Data(int _, Bytes payload) -> payload.length();
      case Packed(int _, Bytes payload) -> payload.length();
      case End _ -> 0;
      case Request _, Response _, Cancel _, Credit _ ->
          MessageSink.length(out -> describe(frame, out));
    };
  }

  private static void describe(PeerFrame frame, MessageSink out) {
    switch (frame) {
      case Request(int _, String method, String target, List<HeaderField> headers) ->
          out.array(3).text(method).text(target).list(headers, Fields::header);
      case Response(int _, int status, List<HeaderField> headers) ->
          out.array(2).uint(status).list(headers, Fields::header);
      case Cancel(int _, CancelCode code, String reason) ->
          out.array(2).uint(code.code()).text(reason);
      case Credit(int _, long bytes) -> out.array(1).uint(bytes);
      case Data _, Packed _, End _ -> throw new IllegalArgumentException("no structured payload");
    }
  }

  private static int typeOf(PeerFrame frame) {
    return switch (frame) {
      case Request _ -> REQUEST;
      case Response _ -> RESPONSE;
      case Data _ -> DATA;
      case Packed _ -> PACKED;
      case End _ -> END;
      case Cancel _ -> CANCEL;
      case Credit _ -> CREDIT;
    };
  }
}
