package gyre.proxy.http.h3;

import static io.netty.handler.codec.http3.Http3ErrorCode.H3_MESSAGE_ERROR;
import static io.netty.handler.codec.http3.Http3ErrorCode.H3_REQUEST_CANCELLED;
import static io.netty.handler.codec.http3.Http3ErrorCode.H3_REQUEST_INCOMPLETE;

import gyre.proxy.http.exchange.FieldSection;
import gyre.proxy.http.exchange.Framing;
import gyre.proxy.http.exchange.Refusal;
import gyre.proxy.http.exchange.RequestHead;
import gyre.proxy.http.exchange.RequestSections;
import gyre.proxy.message.Headers;
import gyre.proxy.message.HttpVersion;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the frames of one request stream (RFC 9114, 4.1): a head, content, trailers. Not reading is
 * back-pressure. Owned by the event loop.
 */
final class RequestReader extends ChannelInboundHandlerAdapter {
  private final H3Connection connection;
  private final QuicStreamChannel channel;
  private final Gathering out = new Gathering(this::left);
  private final long opened = System.nanoTime();

  /** A head of which it is not known yet whether content follows. */
  private @Nullable FieldSection pending;

  private @Nullable H3Stream stream;
  private boolean isOver;

  RequestReader(H3Connection connection, QuicStreamChannel channel) {
    this.connection = connection;
    this.channel = channel;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    channel.pipeline().addFirst(out);
    channel.config().setAutoRead(false);
    connection.opened(this, channel.streamId());
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    context.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (isOver) {
      ReferenceCountUtil.release(message);
      return;
    }
    switch (message) {
      case Http3HeadersFrame frame -> fields(frame.headers());
      case Http3DataFrame frame -> data(frame);
      default -> {
        ReferenceCountUtil.release(message);
        connection.controlFrame();
      }
    }
  }

  private void fields(Http3Headers headers) {
    FieldSection section = new FieldSection(HttpVersion.HTTP_3);
    headers.forEach(
        field -> section.take(AsciiString.of(field.getKey()), AsciiString.of(field.getValue())));
    beginWithContent();
    H3Stream open = stream;
    if (isOver) {
      return;
    }
    if (open == null) {
      pending = section;
    } else {
      trailers(open, section);
    }
  }

  private void trailers(H3Stream open, FieldSection section) {
    Headers trailers = section.fields();
    Optional<String> fault =
        section.hasPseudo()
            ? Optional.of("a pseudo-header field in trailers")
            : section.fault().map(Refusal::reason);
    if (fault.isPresent()) {
      malformed(fault.get());
    } else {
      open.content().trailers(trailers);
    }
  }

  private void data(Http3DataFrame frame) {
    beginWithContent();
    H3Stream open = stream;
    if (open == null || isOver) {
      frame.release();
      return;
    }
    if (!frame.content().isReadable()) {
      connection.controlFrame();
    }
    open.content().data(frame.content()).ifPresent(connection::tell);
    if (!open.content().fits(false)) {
      malformed("content of another length than told");
    }
  }

  private void beginWithContent() {
    FieldSection head = pending;
    pending = null;
    if (head != null) {
      begin(head, false);
    }
  }

  /** A request that may have content begins at once; another one as soon as its stream ends. */
  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    FieldSection head = pending;
    if (head != null && (channel.isInputShutdown() || head.announcesContent())) {
      pending = null;
      begin(head, channel.isInputShutdown());
    }
    H3Stream open = stream;
    if (!isOver && (open == null || open.exchange().hasRoom())) {
      context.read();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownReadComplete && !isOver) {
      ended();
    }
  }

  private void ended() {
    FieldSection head = pending;
    pending = null;
    if (head != null) {
      begin(head, true);
    }
    H3Stream open = stream;
    if (open == null) {
      reset(H3_REQUEST_INCOMPLETE);
    } else if (!open.content().fits(true)) {
      malformed("content of another length than told");
    } else if (!open.exchange().hasRequestEnded()) {
      open.content().end();
    }
  }

  private void begin(FieldSection section, boolean ended) {
    switch (RequestSections.read(section, connection.line().scheme(), ended)) {
      case RequestSections.Read.Head(RequestHead head) -> begin(head, ended);
      case RequestSections.Read.Refused(Refusal refusal) -> refuse(refusal, ended);
      case RequestSections.Read.Malformed(Refusal refusal) -> malformed(refusal.reason());
    }
  }

  private void begin(RequestHead head, boolean ended) {
    if (!connection.isServed(channel.streamId())) {
      reset(Http3ErrorCode.H3_REQUEST_REJECTED);
      return;
    }
    if (head.framing() instanceof Framing.Length(long told) && told > connection.largestBody()) {
      refuse(Refusal.tooLarge(connection.largestBody()), ended);
      return;
    }
    H3Stream begun = open(head, ended);
    connection.begin(begun);
  }

  /** Answers what is no servable request; its content, if any, is dropped. */
  private void refuse(Refusal refusal, boolean ended) {
    connection.tell(refusal);
    RequestHead unreadable =
        new RequestHead(
            "GET",
            "",
            "/",
            Headers.EMPTY,
            ended ? new Framing.None() : new Framing.Delimited(),
            HttpVersion.HTTP_3);
    H3Stream refused = open(unreadable, ended);
    refused.now(refused.exchange(), refusal.response());
  }

  private H3Stream open(RequestHead head, boolean ended) {
    H3Stream opened = new H3Stream(connection, channel, out, head, connection.terms());
    stream = opened;
    if (ended) {
      opened.exchange().requestEnded(Headers.EMPTY);
    }
    return opened;
  }

  private void malformed(String reason) {
    connection.tell(new Refusal(400, reason));
    reset(H3_MESSAGE_ERROR);
  }

  /** Ends the stream from our side before its time. */
  void reset(Http3ErrorCode code) {
    if (!isOver) {
      isOver = true;
      connection.reset();
      H3Stream open = stream;
      if (open == null) {
        Ending.reset(channel, code);
      } else {
        open.reset(code);
      }
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    H3Stream open = stream;
    if (open != null && channel.isWritable()) {
      open.advance();
    }
  }

  /** The client wants no more (RFC 9000, 3.5). */
  private void left() {
    H3Stream open = stream;
    if (!isOver && (open == null || !open.isOver())) {
      reset(H3_REQUEST_CANCELLED);
    }
  }

  /** The client has reset the stream, or sends what is no request. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (isOver || (stream != null && stream.isOver())) {
      return;
    }
    connection.streamFailed(cause);
    reset(Faults.code(cause));
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    isOver = true;
    H3Stream open = stream;
    if (open != null) {
      open.closed();
    }
    connection.closed(this);
  }

  /** Looks at its deadlines; the times are those of {@link System#nanoTime}. */
  void look(long headSince, long progressSince) {
    H3Stream open = stream;
    if (open == null && opened - headSince < 0) {
      reset(H3_REQUEST_INCOMPLETE);
    } else if (open != null && open.isStalled(progressSince)) {
      isOver = true;
      connection.reset();
      open.giveUp();
    } else if (open != null && !open.isOver()) {
      out.probe();
    }
  }
}
