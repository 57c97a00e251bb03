package gyre.wire.codec;

import gyre.wire.Bytes;
import gyre.wire.Utf8;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes a message into a buffer that has room for it, every value in its shortest form. */
final class MessageOutput implements MessageSink {
  private final ByteBuffer out;

  /** The buffer is big-endian. */
  MessageOutput(ByteBuffer out) {
    this.out = out;
  }

  @Override
  public MessageSink array(int count) {
    if (count < 16) {
      out.put((byte) (0x90 | count));
    } else if (count < 0x1_0000) {
      out.put((byte) 0xdc).putShort((short) count);
    } else {
      out.put((byte) 0xdd).putInt(count);
    }
    return this;
  }

  @Override
  public MessageSink uint(long value) {
    if (value < 0x80) {
      out.put((byte) value);
    } else if (value < 0x100) {
      out.put((byte) 0xcc).put((byte) value);
    } else if (value < 0x1_0000) {
      out.put((byte) 0xcd).putShort((short) value);
    } else if (value < 1L << 32) {
      out.put((byte) 0xce).putInt((int) value);
    } else {
      out.put((byte) 0xcf).putLong(value);
    }
    return this;
  }

  @Override
  public MessageSink bool(boolean value) {
    out.put((byte) (value ? 0xc3 : 0xc2));
    return this;
  }

  @Override
  public MessageSink text(String value) {
    int bytes = Utf8.length(value);
    if (bytes < 32) {
      out.put((byte) (0xa0 | bytes));
    } else if (bytes < 0x100) {
      out.put((byte) 0xd9).put((byte) bytes);
    } else if (bytes < 0x1_0000) {
      out.put((byte) 0xda).putShort((short) bytes);
    } else {
      out.put((byte) 0xdb).putInt(bytes);
    }
    if (bytes == value.length()) {
      for (int i = 0; i < bytes; i++) {
        out.put((byte) value.charAt(i));
      }
    } else {
      out.put(value.getBytes(StandardCharsets.UTF_8));
    }
    return this;
  }

  @Override
  public MessageSink bytes(Bytes value) {
    int bytes = value.length();
    if (bytes < 0x100) {
      out.put((byte) 0xc4).put((byte) bytes);
    } else if (bytes < 0x1_0000) {
      out.put((byte) 0xc5).putShort((short) bytes);
    } else {
      out.put((byte) 0xc6).putInt(bytes);
    }
    value.writeTo(out);
    return this;
  }
}
