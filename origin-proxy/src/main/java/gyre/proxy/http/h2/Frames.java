package gyre.proxy.http.h2;

import gyre.proxy.http.exchange.FieldSection;
import gyre.proxy.http.exchange.Framing;
import gyre.proxy.http.exchange.Refusal;
import gyre.proxy.http.exchange.RequestHead;
import gyre.proxy.http.exchange.RequestSections;
import gyre.proxy.message.Headers;
import gyre.proxy.message.HttpVersion;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.Optional;

/** The frames of a connection that mean something for its streams. Event loop. */
final class Frames extends Http2FrameAdapter {
  private final H2Connection connection;
  private final Http2Connection state;
  private final Streams streams;

  Frames(H2Connection connection, Http2Connection state, Streams streams) {
    this.connection = connection;
    this.state = state;
    this.streams = streams;
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext context,
      int id,
      Http2Headers headers,
      int dependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean end)
      throws Http2Exception {
    FieldSection section = ((SectionHeaders) headers).section();
    Optional<H2Stream> open = streams.of(id);
    if (open.isPresent()) {
      trailers(open.get(), section);
      return;
    }
    Http2Stream stream = state.stream(id);
    switch (RequestSections.read(section, connection.line().scheme(), end)) {
      case RequestSections.Read.Head(RequestHead head) -> begin(stream, head, end);
      case RequestSections.Read.Refused(Refusal refusal) -> refuse(stream, refusal, end);
      case RequestSections.Read.Malformed(Refusal refusal) -> {
        connection.refuse(stream, refusal);
        throw malformed(id, refusal.reason());
      }
    }
  }

  private void begin(Http2Stream stream, RequestHead head, boolean end) throws Http2Exception {
    if (head.framing() instanceof Framing.Length(long told) && told > connection.largestBody()) {
      refuse(stream, Refusal.tooLarge(connection.largestBody()), end);
      return;
    }
    H2Stream opened = connection.open(stream, head);
    if (end) {
      opened.ends(Headers.EMPTY);
    }
    connection.begin(opened);
  }

  /** Answers what is no servable request; its content, if any, is dropped. */
  private void refuse(Http2Stream stream, Refusal refusal, boolean end) {
    connection.tell(refusal);
    RequestHead unreadable =
        new RequestHead(
            "GET",
            "",
            "/",
            Headers.EMPTY,
            end ? new Framing.None() : new Framing.Delimited(),
            HttpVersion.HTTP_2);
    H2Stream opened = connection.open(stream, unreadable);
    if (end) {
      opened.exchange().requestEnded(Headers.EMPTY);
    }
    opened.now(opened.exchange(), refusal.response());
  }

  private static void trailers(H2Stream stream, FieldSection section) throws Http2Exception {
    Optional<Refusal> fault = section.fault();
    if (fault.isPresent() || section.hasPseudo()) {
      throw malformed(
          stream.stream().id(),
          fault.map(Refusal::reason).orElse("a pseudo-header field in trailers"));
    }
    stream.ends(section.fields());
  }

  private static Http2Exception malformed(int id, String reason) {
    return Http2Exception.streamError(id, Http2Error.PROTOCOL_ERROR, "%s", reason);
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext context, int id, ByteBuf data, int padding, boolean end)
      throws Http2Exception {
    Optional<H2Stream> stream = streams.of(id);
    if (stream.isEmpty()) {
      return data.readableBytes() + padding;
    }
    stream.get().data(data, end);
    return padding;
  }

  @Override
  public void onWindowUpdateRead(ChannelHandlerContext context, int id, int increment) {
    streams.of(id).ifPresent(streams::ready); // of the connection: they are ready anyway
  }

  @Override
  public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings) {
    if (settings.initialWindowSize() != null) {
      streams.allReady();
    }
  }

  @Override
  public void onPingAckRead(ChannelHandlerContext context, long data) {
    connection.farewell().pingAnswered(data);
  }
}
