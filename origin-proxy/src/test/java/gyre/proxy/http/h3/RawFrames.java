package gyre.proxy.http.h3;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Frames of HTTP/3 written by hand, so that they may be wrong. */
final class RawFrames {
  static final int DATA = 0x0;
  static final int HEADERS = 0x1;
  static final int SETTINGS = 0x4;

  private RawFrames() {}

  static ByteBuf frame(int type, ByteBuf payload) {
    ByteBuf frame = Unpooled.buffer();
    varint(type, frame);
    varint(payload.readableBytes(), frame);
    return frame.writeBytes(payload);
  }

  /** A HEADERS frame of literals alone (RFC 9204, 4.5.6). */
  static ByteBuf headers(String... fields) {
    ByteBuf section = Unpooled.buffer().writeShort(0);
    for (int i = 0; i < fields.length; i += 2) {
      integer(0x20, 3, fields[i].length(), section);
      section.writeCharSequence(fields[i], ISO_8859_1);
      integer(0, 7, fields[i + 1].length(), section);
      section.writeCharSequence(fields[i + 1], ISO_8859_1);
    }
    return frame(HEADERS, section);
  }

  static ByteBuf request(String method, String path, String... more) {
    String[] fields = new String[8 + more.length];
    System.arraycopy(
        new String[] {":method", method, ":scheme", "https", ":authority", "a.test", ":path", path},
        0,
        fields,
        0,
        8);
    System.arraycopy(more, 0, fields, 8, more.length);
    return headers(fields);
  }

  static ByteBuf data(String text) {
    return frame(DATA, Unpooled.copiedBuffer(text, ISO_8859_1));
  }

  private static void integer(int pattern, int bits, int value, ByteBuf out) {
    int most = (1 << bits) - 1;
    if (value < most) {
      out.writeByte(pattern | value);
      return;
    }
    out.writeByte(pattern | most);
    int rest = value - most;
    while (rest >= 128) {
      out.writeByte(128 | (rest & 127));
      rest >>= 7;
    }
    out.writeByte(rest);
  }

  private static void varint(int value, ByteBuf out) {
    if (value < 64) {
      out.writeByte(value);
    } else {
      out.writeInt(0x8000_0000 | value);
    }
  }
}
