package gyre.proxy.upstream;

import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.transport.Outbound;
import gyre.wire.HeaderField;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.concurrent.Future;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/**
 * The request of one HTTP/2 stream, as the messages that Netty's codec makes frames of. {@code
 * refused} is told, on the event loop, where the connection takes no further stream.
 */
record StreamOutput(Channel channel, Runnable refused) implements RequestOutput {

  @Override
  public void head(Request request, boolean whole) {
    var _ = channel.write(message(request)).addListener(this::written);
    if (whole) {
      Outbound.write(channel, LastHttpContent.EMPTY_LAST_CONTENT);
    }
  }

  private void written(Future<? super Void> head) {
    if (head.cause() != null
        && (head.cause() instanceof Http2Exception
            || head.cause().getCause() instanceof Http2Exception)) {
      refused.run();
    }
  }

  private static HttpRequest message(Request request) {
    HttpRequest message =
        new DefaultHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.valueOf(request.method()), request.target());
    for (HeaderField field : request.headers().fields()) {
      if (!field.name().equals("connection")) {
        message.headers().add(field.name(), field.value());
      }
    }
    OptionalLong length = request.body().length();
    if (length.isEmpty()) {
      message.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    } else if (length.getAsLong() > 0 || !request.isRead()) {
      message.headers().set(HttpHeaderNames.CONTENT_LENGTH, length.getAsLong());
    }
    return message;
  }

  @Override
  public void piece(ByteBuffer content) {
    ByteBuf copy = channel.alloc().buffer(content.remaining()).writeBytes(content);
    Outbound.write(channel, new DefaultHttpContent(copy));
  }

  @Override
  public void end(Headers trailers) {
    LastHttpContent end = new DefaultLastHttpContent();
    trailers.fields().forEach(field -> end.trailingHeaders().add(field.name(), field.value()));
    Outbound.write(channel, end);
  }
}
