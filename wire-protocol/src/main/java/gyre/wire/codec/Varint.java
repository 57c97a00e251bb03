package gyre.wire.codec;

import java.nio.ByteBuffer;

/** Unsigned LEB128 below 2^31, in its shortest form; PROTOCOL.md, section 5. */
final class Varint {
  private static final int LONGEST = 5;

  private Varint() {}

  static int length(int value) {
    return Math.max(1, (38 - Integer.numberOfLeadingZeros(value)) / 7);
  }

  static void write(int value, ByteBuffer out) {
    int rest = value;
    while (rest >= 0x80) {
      out.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    out.put((byte) rest);
  }

  static int read(String what, ByteBuffer in) throws DecodeException {
    long value = 0;
    for (int i = 0; i < LONGEST; i++) {
      if (!in.hasRemaining()) {
        throw new DecodeException(in.position(), what + " ends too early");
      }
      byte each = in.get();
      value |= (long) (each & 0x7f) << (7 * i);
      if (each >= 0) {
        if (i > 0 && each == 0) {
          throw new DecodeException(in.position(), what + " is not in its shortest form");
        }
        if (value > Integer.MAX_VALUE) {
          throw new DecodeException(in.position(), what + " is not below 2^31");
        }
        return (int) value;
      }
    }
    throw new DecodeException(in.position(), what + " has more than " + LONGEST + " bytes");
  }
}
