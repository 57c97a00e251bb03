package gyre.wire.codec;

import gyre.wire.Bytes;
import gyre.wire.Limits;
import gyre.wire.PeerId;
import gyre.wire.PeerSignal;
import gyre.wire.PeerSignal.Answer;
import gyre.wire.PeerSignal.Bye;
import gyre.wire.PeerSignal.Candidate;
import gyre.wire.PeerSignal.Offer;
import java.nio.ByteBuffer;

/** The payload of a relay, which only the two peers read; PROTOCOL.md, section 4. No state. */
public final class PeerSignalCodec {
  public static final int OFFER = 1;
  public static final int ANSWER = 2;
  public static final int CANDIDATE = 3;
  public static final int BYE = 4;

  private static final String CONTEXT = "gyre/1 signal";

  private PeerSignalCodec() {}

  /** IllegalArgumentException where the signal is longer than a relay may carry. */
  public static byte[] encode(PeerSignal signal) {
    return MessageSink.encode(Limits.RELAY_PAYLOAD, out -> describe(signal, out));
  }

  public static PeerSignal decode(ByteBuffer payload) throws DecodeException {
    return MessageReader.whole(payload, Limits.RELAY_PAYLOAD, PeerSignalCodec::read);
  }

  /**
   * What the subject key of a worker's or a proxy's token signs: the description that it sends, so
   * that nobody between the two can put another DTLS fingerprint in its place. {@code kind} is
   * {@link #OFFER} or {@link #ANSWER}.
   */
  public static byte[] signedBytes(int kind, Bytes connection, PeerId from, PeerId to, String sdp) {
    return MessageSink.encode(
        Limits.RELAY_PAYLOAD,
        out ->
            out.array(6)
                .text(CONTEXT)
                .uint(kind)
                .bytes(connection)
                .text(from.text())
                .text(to.text())
                .text(sdp));
  }

  private static void describe(PeerSignal signal, MessageSink out) {
    switch (signal) {
      case Offer(Bytes connection, String sdp, Bytes token, Bytes signature) ->
          out.array(5).uint(OFFER).bytes(connection).text(sdp).bytes(token).bytes(signature);
      case Answer(Bytes connection, String sdp, Bytes token, Bytes signature) ->
          out.array(5).uint(ANSWER).bytes(connection).text(sdp).bytes(token).bytes(signature);
      case Candidate(Bytes connection, String candidate, String mid, int line) ->
          out.array(5).uint(CANDIDATE).bytes(connection).text(candidate).text(mid).uint(line);
      case Bye(Bytes connection, String reason) ->
          out.array(3).uint(BYE).bytes(connection).text(reason);
    }
  }

  private static PeerSignal read(MessageReader in) throws DecodeException {
    int fields = in.array("fields", Limits.RELAY_PAYLOAD);
    int kind = in.tag();
    int expected =
        switch (kind) {
          case OFFER, ANSWER, CANDIDATE -> 5;
          case BYE -> 3;
          default -> throw in.malformed("unknown kind of signal " + kind);
        };
    in.checkFields(fields, expected);
    Bytes connection = in.bytesOf("connection", Limits.CONNECTION);
    return switch (kind) {
      case OFFER -> new Offer(connection, sdp(in), token(in), signature(in));
      case ANSWER -> new Answer(connection, sdp(in), token(in), signature(in));
      case CANDIDATE ->
          new Candidate(
              connection,
              in.text("candidate", Limits.CANDIDATE),
              in.text("mid", Limits.MID),
              (int) in.uint("line", Limits.MEDIA_LINES));
      default -> new Bye(connection, in.text("reason", Limits.REASON));
    };
  }

  private static String sdp(MessageReader in) throws DecodeException {
    return in.text("sdp", Limits.SDP);
  }

  private static Bytes token(MessageReader in) throws DecodeException {
    return in.bytes("token", Limits.TOKEN);
  }

  private static Bytes signature(MessageReader in) throws DecodeException {
    return in.bytesOfOrEmpty("signature", Limits.SIGNATURE);
  }
}
