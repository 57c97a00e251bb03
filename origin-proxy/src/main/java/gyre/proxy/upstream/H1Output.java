package gyre.proxy.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.transport.Outbound;
import gyre.wire.HeaderField;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/**
 * Requests as the bytes of HTTP/1.1 (RFC 9112, 3 to 7). What a {@link HeaderField} may hold cannot
 * end its line.
 */
final class H1Output implements RequestOutput {
  private static final byte[] VERSION = " HTTP/1.1\r\n".getBytes(US_ASCII);
  private static final byte[] COLON = ": ".getBytes(US_ASCII);
  private static final byte[] CRLF = "\r\n".getBytes(US_ASCII);
  private static final byte[] LAST_CHUNK = "0\r\n".getBytes(US_ASCII);
  private static final int HEAD = 1 << 10;
  private static final int FRAMING = 16;

  private final Channel channel;
  private volatile boolean isChunked;

  H1Output(Channel channel) {
    this.channel = channel;
  }

  @Override
  public void head(Request request, boolean whole) {
    ByteBuf out = channel.alloc().buffer(HEAD);
    out.writeBytes(request.method().getBytes(US_ASCII)).writeByte(' ');
    out.writeBytes(request.target().getBytes(US_ASCII)).writeBytes(VERSION);
    for (HeaderField field : request.headers().fields()) {
      if (!isFraming(field.name())) {
        line(out, field.name(), field.value());
      }
    }
    OptionalLong length = request.body().length();
    isChunked = length.isEmpty();
    if (isChunked) {
      line(out, "transfer-encoding", "chunked");
    } else if (length.getAsLong() > 0 || !request.isRead()) {
      line(out, "content-length", Long.toString(length.getAsLong()));
    }
    Outbound.write(channel, out.writeBytes(CRLF));
  }

  private static boolean isFraming(String name) {
    return name.equals("content-length") || name.equals("transfer-encoding");
  }

  private static void line(ByteBuf out, String name, String value) {
    out.writeBytes(name.getBytes(ISO_8859_1)).writeBytes(COLON);
    out.writeBytes(value.getBytes(ISO_8859_1)).writeBytes(CRLF);
  }

  @Override
  public void piece(ByteBuffer content) {
    int size = content.remaining();
    ByteBuf out = channel.alloc().buffer(size + FRAMING);
    if (isChunked) {
      out.writeBytes(Integer.toHexString(size).getBytes(US_ASCII)).writeBytes(CRLF);
      out.writeBytes(content).writeBytes(CRLF);
    } else {
      out.writeBytes(content);
    }
    Outbound.write(channel, out);
  }

  @Override
  public void end(Headers trailers) {
    if (isChunked) {
      ByteBuf out = channel.alloc().buffer(64).writeBytes(LAST_CHUNK);
      trailers.fields().forEach(field -> line(out, field.name(), field.value()));
      Outbound.write(channel, out.writeBytes(CRLF));
    }
  }
}
