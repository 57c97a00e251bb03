package gyre.wire.codec;

import gyre.wire.AppId;
import gyre.wire.Bytes;
import gyre.wire.Digest;
import gyre.wire.HeaderField;
import gyre.wire.Limits;
import gyre.wire.PageResources;
import gyre.wire.PeerId;
import gyre.wire.PeerReport;
import gyre.wire.Providers;
import gyre.wire.Runners;

/** The parts that several messages have in common; PROTOCOL.md, section 1. */
public final class Fields {
  private Fields() {}

  public static void header(MessageSink out, HeaderField header) {
    out.array(2).text(header.name()).text(header.value());
  }

  public static HeaderField header(MessageReader in) throws DecodeException {
    in.fields(2);
    String name = in.text("header name", Limits.HEADER_NAME);
    HeaderField header = new HeaderField(name, in.text("header value", Limits.HEADER_VALUE));
    if (!header.name().equals(name)) {
      throw in.malformed("the name of a header is not in lower case");
    }
    return header;
  }

  static void digest(MessageSink out, Digest digest) {
    out.bytes(digest.bytes());
  }

  static void app(MessageSink out, AppId app) {
    out.text(app.toString());
  }

  static AppId app(MessageReader in) throws DecodeException {
    return AppId.parse(in.text("app id", Limits.APP_ID));
  }

  static void peer(MessageSink out, PeerId peer) {
    out.text(peer.text());
  }

  static String resource(MessageReader in) throws DecodeException {
    return in.text("resource", Limits.RESOURCE);
  }

  static Bytes manifest(MessageReader in) throws DecodeException {
    return in.bytes("manifest", Limits.MANIFEST);
  }

  static void pageResources(MessageSink out, PageResources page) {
    out.array(2).text(page.page()).list(page.resources(), MessageSink::text);
  }

  static PageResources pageResources(MessageReader in) throws DecodeException {
    in.fields(2);
    return new PageResources(
        resource(in), in.list("resources of a page", Limits.PAGE_RESOURCES, Fields::resource));
  }

  static void peerReport(MessageSink out, PeerReport report) {
    out.array(5)
        .text(report.peer().text())
        .uint(report.served())
        .uint(report.received())
        .uint(report.badChunks())
        .uint(report.rttMillis());
  }

  static PeerReport peerReport(MessageReader in) throws DecodeException {
    in.fields(5);
    return new PeerReport(
        in.peerId(), in.uint("served"), in.uint("received"), in.uint("bad chunks"), in.uint("rtt"));
  }

  static void providers(MessageSink out, Providers providers) {
    out.array(2).bytes(providers.digest().bytes()).list(providers.peers(), Fields::peer);
  }

  static Providers providers(MessageReader in) throws DecodeException {
    in.fields(2);
    return new Providers(
        in.digest(), in.list("providers", Limits.PROVIDERS_PER_DIGEST, MessageReader::peerId));
  }

  static void runners(MessageSink out, Runners runners) {
    out.array(2).text(runners.app().toString()).list(runners.peers(), Fields::peer);
  }

  static Runners runners(MessageReader in) throws DecodeException {
    in.fields(2);
    return new Runners(
        app(in), in.list("runners", Limits.PROVIDERS_PER_DIGEST, MessageReader::peerId));
  }
}
