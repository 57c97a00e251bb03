package gyre.wire.codec;

import gyre.wire.AppId;
import gyre.wire.Bytes;
import gyre.wire.ClientMessage;
import gyre.wire.ClientMessage.Announce;
import gyre.wire.ClientMessage.Hello;
import gyre.wire.ClientMessage.Locate;
import gyre.wire.ClientMessage.Page;
import gyre.wire.ClientMessage.Ping;
import gyre.wire.ClientMessage.Prove;
import gyre.wire.ClientMessage.Publish;
import gyre.wire.ClientMessage.Relay;
import gyre.wire.ClientMessage.Report;
import gyre.wire.ClientMessage.Withdraw;
import gyre.wire.Digest;
import gyre.wire.Limits;
import gyre.wire.PageResources;
import gyre.wire.PeerReport;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** What a client says to the signalling server; PROTOCOL.md, section 4. No state. */
public final class ClientMessageCodec {
  static final int HELLO = 1;
  static final int PROVE = 2;
  static final int PAGE = 3;
  static final int ANNOUNCE = 4;
  static final int LOCATE = 5;
  static final int PUBLISH = 6;
  static final int WITHDRAW = 7;
  static final int RELAY = 8;
  static final int REPORT = 9;
  static final int PING = 10;

  private ClientMessageCodec() {}

  /** IllegalArgumentException where the message is longer than one frame may be. */
  public static byte[] encode(ClientMessage message) {
    return MessageSink.encode(Limits.SIGNALLING_FRAME, out -> describe(message, out));
  }

  /**
   * Decodes one frame; empty where its tag is unknown. The payload of a relay shares the array of
   * the buffer, which must not be changed afterwards; everything else is copied.
   */
  public static Optional<ClientMessage> decode(ByteBuffer frame) throws DecodeException {
    return MessageReader.whole(frame, Limits.SIGNALLING_FRAME, ClientMessageCodec::read);
  }

  private static void describe(ClientMessage message, MessageSink out) {
    switch (message) {
      case Hello(int version, Bytes token, Bytes resume, String page, int capabilities) ->
          out.array(6)
              .uint(HELLO)
              .uint(version)
              .bytes(token)
              .bytes(resume)
              .text(page)
              .uint(capabilities);
      case Prove(Bytes signature) -> out.array(2).uint(PROVE).bytes(signature);
      case Page(String page) -> out.array(2).uint(PAGE).text(page);
      case Announce(List<Digest> gained, List<Digest> lost, List<AppId> runs, List<AppId> stops) ->
          out.array(5)
              .uint(ANNOUNCE)
              .list(gained, Fields::digest)
              .list(lost, Fields::digest)
              .list(runs, Fields::app)
              .list(stops, Fields::app);
      case Locate(long request, List<String> resources, List<Digest> digests, List<AppId> apps) ->
          out.array(5)
              .uint(LOCATE)
              .uint(request)
              .list(resources, MessageSink::text)
              .list(digests, Fields::digest)
              .list(apps, Fields::app);
      case Publish(List<Bytes> manifests, List<PageResources> pages) ->
          out.array(3)
              .uint(PUBLISH)
              .list(manifests, MessageSink::bytes)
              .list(pages, Fields::pageResources);
      case Withdraw(long generation, List<String> resources) ->
          out.array(3).uint(WITHDRAW).uint(generation).list(resources, MessageSink::text);
      case Relay relay -> out.array(3).uint(RELAY).text(relay.to().text()).bytes(relay.payload());
      case Report(List<PeerReport> peers) ->
          out.array(2).uint(REPORT).list(peers, Fields::peerReport);
      case Ping(long nonce) -> out.array(2).uint(PING).uint(nonce);
    }
  }

  private static Optional<ClientMessage> read(MessageReader in) throws DecodeException {
    int fields = in.array("fields", Limits.SIGNALLING_FRAME);
    return switch (in.tag()) {
      case HELLO -> in.tagged(fields, 6, ClientMessageCodec::hello);
      case PROVE -> in.tagged(fields, 2, ClientMessageCodec::prove);
      case PAGE -> in.tagged(fields, 2, ClientMessageCodec::page);
      case ANNOUNCE -> in.tagged(fields, 5, ClientMessageCodec::announce);
      case LOCATE -> in.tagged(fields, 5, ClientMessageCodec::locate);
      case PUBLISH -> in.tagged(fields, 3, ClientMessageCodec::publish);
      case WITHDRAW -> in.tagged(fields, 3, ClientMessageCodec::withdraw);
      case RELAY -> in.tagged(fields, 3, ClientMessageCodec::relay);
      case REPORT -> in.tagged(fields, 2, ClientMessageCodec::report);
      case PING -> in.tagged(fields, 2, each -> new Ping(each.uint("nonce")));
      default -> in.unknownTag();
    };
  }

  private static Hello hello(MessageReader in) throws DecodeException {
    return new Hello(
        in.uint31("version"),
        in.bytes("token", Limits.TOKEN),
        in.bytesOfOrEmpty("resume", Limits.RESUME),
        Fields.resource(in),
        in.uint31("capabilities"));
  }

  private static Prove prove(MessageReader in) throws DecodeException {
    return new Prove(in.bytesOf("signature", Limits.SIGNATURE));
  }

  private static Page page(MessageReader in) throws DecodeException {
    return new Page(Fields.resource(in));
  }

  private static Announce announce(MessageReader in) throws DecodeException {
    return new Announce(
        in.list("digests", Limits.ANNOUNCE_DIGESTS, MessageReader::digest),
        in.list("digests", Limits.ANNOUNCE_DIGESTS, MessageReader::digest),
        in.list("apps", Limits.ANNOUNCE_APPS, Fields::app),
        in.list("apps", Limits.ANNOUNCE_APPS, Fields::app));
  }

  private static Locate locate(MessageReader in) throws DecodeException {
    return new Locate(
        in.uint("request"),
        in.list("resources", Limits.LOCATE_ITEMS, Fields::resource),
        in.list("digests", Limits.LOCATE_ITEMS, MessageReader::digest),
        in.list("apps", Limits.LOCATE_ITEMS, Fields::app));
  }

  private static Publish publish(MessageReader in) throws DecodeException {
    return new Publish(
        in.list("manifests", Limits.PUBLISH_MANIFESTS, Fields::manifest),
        in.list("pages", Limits.PUBLISH_PAGES, Fields::pageResources));
  }

  private static Withdraw withdraw(MessageReader in) throws DecodeException {
    return new Withdraw(
        in.uint("generation"), in.list("resources", Limits.WITHDRAW_RESOURCES, Fields::resource));
  }

  private static Relay relay(MessageReader in) throws DecodeException {
    return new Relay(in.peerId(), in.sharedBytes("relay payload", Limits.RELAY_PAYLOAD));
  }

  private static Report report(MessageReader in) throws DecodeException {
    return new Report(in.list("peers", Limits.REPORT_PEERS, Fields::peerReport));
  }
}
