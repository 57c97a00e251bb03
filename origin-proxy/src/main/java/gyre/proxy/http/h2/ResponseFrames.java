package gyre.proxy.http.h2;

import gyre.proxy.http.exchange.ResponseFields;
import gyre.proxy.message.Headers;
import gyre.wire.HeaderField;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameSizePolicy;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2HeadersEncoder.SensitivityDetector;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Responses as frames (RFC 9113, 6.1 and 6.2), written into buffers of the caller. One per
 * connection, since HPACK's table is the connection's. Owned by the event loop.
 */
final class ResponseFrames {
  private static final int HEADER = Http2CodecUtil.FRAME_HEADER_LENGTH;
  private static final int END_STREAM = 0x1;
  private static final int END_HEADERS = 0x4;

  /**
   * What differs from response to response, or is secret, stays out of HPACK's table (RFC 7541,
   * 7.1).
   */
  static final SensitivityDetector UNINDEXED =
      (name, value) ->
          switch (name.toString()) {
            case "age", "content-length", "content-range", "etag", "expires", "last-modified" ->
                true;
            case "location", "set-cookie", "www-authenticate" -> true;
            default -> false;
          };

  /** Which know their hash, as HPACK's encoder asks for it each time. */
  private static final Map<String, AsciiString> USUAL =
      Stream.of(
              ":status",
              "accept-ranges",
              "access-control-allow-origin",
              "age",
              "alt-svc",
              "cache-control",
              "cache-status",
              "content-encoding",
              "content-length",
              "content-range",
              "content-security-policy",
              "content-type",
              "date",
              "etag",
              "expires",
              "last-modified",
              "location",
              "server",
              "set-cookie",
              "strict-transport-security",
              "vary",
              "via",
              "x-content-type-options")
          .collect(Collectors.toUnmodifiableMap(name -> name, AsciiString::cached));

  private final DefaultHttp2HeadersEncoder encoder;
  private final Http2FrameSizePolicy sizes;
  private final Section section = new Section();

  ResponseFrames(DefaultHttp2HeadersEncoder encoder, Http2FrameSizePolicy sizes) {
    this.encoder = encoder;
    this.sizes = sizes;
  }

  /** Appends the head of a response, interim or final. */
  void head(int stream, ResponseFields head, boolean ends, ByteBuf out) throws Http2Exception {
    section.clear();
    head.each(section::put);
    fieldBlock(stream, ends, out);
  }

  /** Appends what comes behind the content (RFC 9113, 8.1). */
  void trailers(int stream, Headers trailers, ByteBuf out) throws Http2Exception {
    section.clear();
    for (HeaderField field : trailers.fields()) {
      section.put(field.name(), field.value());
    }
    fieldBlock(stream, true, out);
  }

  private void fieldBlock(int stream, boolean ends, ByteBuf out) throws Http2Exception {
    int start = out.writerIndex();
    out.writeZero(HEADER);
    encoder.encodeHeaders(stream, section, out);
    int length = out.writerIndex() - start - HEADER;
    int flags = (ends ? END_STREAM : 0) | END_HEADERS;
    if (length <= sizes.maxFrameSize()) {
      setHeader(out, start, length, Http2FrameTypes.HEADERS, flags, stream);
    } else {
      continued(out, start, flags, stream);
    }
  }

  /** A block that no single frame holds (RFC 9113, 6.10). */
  private void continued(ByteBuf out, int start, int flags, int stream) {
    ByteBuf block = out.copy(start + HEADER, out.writerIndex() - start - HEADER);
    out.writerIndex(start);
    byte type = Http2FrameTypes.HEADERS;
    int kept = flags & ~END_HEADERS;
    while (block.isReadable()) {
      int length = Math.min(block.readableBytes(), sizes.maxFrameSize());
      int last = length == block.readableBytes() ? END_HEADERS : 0;
      header(out, length, type, kept | last, stream);
      out.writeBytes(block, length);
      type = Http2FrameTypes.CONTINUATION;
      kept = 0;
    }
    block.release();
  }

  /** Appends a frame's header of a DATA frame whose content follows. */
  void dataHeader(int stream, int length, boolean ends, ByteBuf out) {
    header(out, length, Http2FrameTypes.DATA, ends ? END_STREAM : 0, stream);
  }

  int largest() {
    return sizes.maxFrameSize();
  }

  /** Writes DATA frames for the piece, which it takes over. */
  @SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the connection
  void data(ChannelHandlerContext context, int stream, ByteBuf piece, boolean ends) {
    while (piece.readableBytes() > largest()) {
      ByteBuf header = context.alloc().buffer(HEADER);
      dataHeader(stream, largest(), false, header);
      context.write(header, context.voidPromise());
      context.write(piece.readRetainedSlice(largest()), context.voidPromise());
    }
    ByteBuf header = context.alloc().buffer(HEADER);
    dataHeader(stream, piece.readableBytes(), ends, header);
    context.write(header, context.voidPromise());
    context.write(piece, context.voidPromise());
  }

  private static void header(ByteBuf out, int length, byte type, int flags, int stream) {
    int start = out.writerIndex();
    out.writeZero(HEADER);
    setHeader(out, start, length, type, flags, stream);
  }

  private static void setHeader(ByteBuf out, int at, int length, byte type, int flags, int stream) {
    out.setMedium(at, length);
    out.setByte(at + 3, type);
    out.setByte(at + 4, flags);
    out.setInt(at + 5, stream);
  }

  /** The fields in their order, as HPACK's encoder walks over them; used again and again. */
  @SuppressWarnings("serial") // Netty's headers are not serialized
  private static final class Section extends DefaultHttp2Headers {
    private final List<Map.Entry<CharSequence, CharSequence>> entries = new ArrayList<>();

    Section() {
      super(false, 2);
    }

    void put(String name, String value) {
      AsciiString usual = USUAL.get(name);
      entries.add(Map.entry(usual == null ? name : usual, value));
    }

    @Override
    public DefaultHttp2Headers clear() {
      entries.clear();
      return this;
    }

    @Override
    public Iterator<Map.Entry<CharSequence, CharSequence>> iterator() {
      return entries.iterator();
    }
  }
}
