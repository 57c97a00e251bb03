package gyre.proxy.http.h2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A client that says exactly the frames it is told, well-formed or not. */
public final class FrameClient implements AutoCloseable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  public static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;
  static final int END_STREAM = 1;
  static final int ACK = 1;
  static final int END_HEADERS = 4;
  static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final byte[] NOTHING = {};

  private final Socket socket;
  private final DataInputStream in;
  private final ByteArrayOutputStream unsent = new ByteArrayOutputStream();
  private final DefaultHttp2HeadersDecoder hpack = new DefaultHttp2HeadersDecoder(false);

  /** {@code lines}: the fields of HEADERS. */
  public record Frame(int type, int flags, int stream, ByteBuf payload, List<String> lines) {
    boolean has(int flag) {
      return (flags & flag) != 0;
    }

    /** Of RST_STREAM at 0, of GOAWAY at 4. */
    public int number(int at) {
      return payload.getInt(at);
    }
  }

  public record Answer(List<List<String>> heads, String text) {
    String status() {
      return field(heads.size() - 1, ":status");
    }

    String field(int section, String name) {
      return heads.get(section).stream()
          .filter(line -> line.startsWith(name + ": "))
          .map(line -> line.substring(name.length() + 2))
          .findFirst()
          .orElse("");
    }
  }

  /** Without a preface. */
  FrameClient(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
    socket.setSoTimeout(10_000);
    socket.setTcpNoDelay(true);
  }

  public static FrameClient connect(InetSocketAddress address, int... settings) throws IOException {
    FrameClient client = new FrameClient(new Socket(address.getAddress(), address.getPort()));
    client.raw(PREFACE);
    ByteBuf payload = Unpooled.buffer();
    for (int i = 0; i < settings.length; i += 2) {
      payload.writeShort(settings[i]).writeInt(settings[i + 1]);
    }
    byte[] bytes = new byte[payload.readableBytes()];
    payload.readBytes(bytes);
    return client.frame(SETTINGS, 0, 0, bytes).send();
  }

  FrameClient raw(String text) {
    unsent.writeBytes(text.getBytes(ISO_8859_1));
    return this;
  }

  FrameClient frame(int type, int flags, int stream, byte[] payload) {
    ByteBuf header = Unpooled.buffer(9);
    header.writeMedium(payload.length).writeByte(type).writeByte(flags).writeInt(stream);
    unsent.writeBytes(header.array());
    unsent.writeBytes(payload);
    return this;
  }

  FrameClient frame(int type, int flags, int stream, int number) {
    return frame(type, flags, stream, Unpooled.buffer(4).writeInt(number).array());
  }

  FrameClient ping() {
    return frame(PING, 0, 0, new byte[8]);
  }

  public FrameClient get(int stream, String path, String... fields) {
    return frame(HEADERS, END_HEADERS | END_STREAM, stream, head("GET", path, fields));
  }

  FrameClient post(int stream, String path, String... fields) {
    return frame(HEADERS, END_HEADERS, stream, head("POST", path, fields));
  }

  FrameClient data(int stream, boolean ends, String text) {
    return frame(DATA, ends ? END_STREAM : 0, stream, text.getBytes(ISO_8859_1));
  }

  static byte[] head(String method, String path, String... fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(
        fields(":method", method, ":scheme", "http", ":path", path, ":authority", "a.test"));
    out.writeBytes(fields(fields));
    return out.toByteArray();
  }

  /** Literals without indexing, as they are (RFC 7541, 6.2.2). */
  static byte[] fields(String... namesAndValues) {
    ByteBuf out = Unpooled.buffer();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      out.writeByte(0);
      string(out, namesAndValues[i]);
      string(out, namesAndValues[i + 1]);
    }
    byte[] bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    return bytes;
  }

  private static void string(ByteBuf out, String text) {
    int length = text.length();
    if (length < 127) {
      out.writeByte(length);
    } else {
      out.writeByte(127);
      for (length -= 127; length >= 128; length >>= 7) {
        out.writeByte((length & 127) | 128);
      }
      out.writeByte(length);
    }
    out.writeCharSequence(text, ISO_8859_1);
  }

  public FrameClient send() throws IOException {
    byte[] bytes = unsent.toByteArray();
    unsent.reset();
    socket.getOutputStream().write(bytes);
    return this;
  }

  /** The next frame, whatever it is; SETTINGS are acknowledged. */
  Frame read() throws IOException {
    int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt();
    byte[] payload = in.readNBytes(length);
    if (type == SETTINGS && (flags & ACK) == 0) {
      empty(SETTINGS, ACK, 0).send();
    }
    return new Frame(
        type,
        flags,
        stream,
        Unpooled.wrappedBuffer(payload),
        type == HEADERS ? lines(stream, payload) : List.of());
  }

  public Frame until(Predicate<Frame> wanted) throws IOException {
    Frame frame = read();
    while (!wanted.test(frame)) {
      frame = read();
    }
    return frame;
  }

  /** The error code of the GOAWAY that comes, after which the connection ends. */
  int goAway() throws IOException {
    int code = until(frame -> frame.type() == GOAWAY).number(4);
    try {
      while (true) {
        var _ = read();
      }
    } catch (EOFException end) {
      return code;
    }
  }

  /** The error code with which this stream was reset. */
  int reset(int stream) throws IOException {
    return until(f -> f.type() == RST_STREAM && f.stream() == stream).number(0);
  }

  /** The whole answer on this stream; its windows are opened as it comes. */
  public Answer answer(int stream) throws IOException {
    List<List<String>> heads = new ArrayList<>();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      Frame frame = read();
      if (frame.type() == HEADERS) {
        if (frame.stream() == stream) {
          heads.add(frame.lines());
        }
      } else if (frame.type() == DATA && frame.payload().isReadable()) {
        int size = frame.payload().readableBytes();
        frame(WINDOW_UPDATE, 0, 0, size);
        if (frame.stream() == stream) {
          body.writeBytes(ByteBufUtil.getBytes(frame.payload()));
          if (!frame.has(END_STREAM)) {
            frame(WINDOW_UPDATE, 0, stream, size);
          }
        }
        send();
      } else if (frame.type() == RST_STREAM && frame.stream() == stream) {
        throw new IOException("reset with " + frame.number(0) + " after " + heads);
      } else if (frame.type() == GOAWAY && frame.number(4) != 0) {
        throw new IOException("goaway with " + frame.number(4));
      }
      if (frame.stream() == stream && frame.type() < 2 && frame.has(END_STREAM)) {
        return new Answer(heads, body.toString(ISO_8859_1));
      }
    }
  }

  private List<String> lines(int stream, byte[] block) throws IOException {
    List<String> lines = new ArrayList<>();
    try {
      hpack
          .decodeHeaders(stream, Unpooled.wrappedBuffer(block))
          .forEach(field -> lines.add(field.getKey() + ": " + field.getValue()));
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
    return lines;
  }

  FrameClient empty(int type, int flags, int stream) {
    return frame(type, flags, stream, NOTHING);
  }

  public Socket socket() {
    return socket;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
