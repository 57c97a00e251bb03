package gyre.wire.codec;

import gyre.wire.Bytes;
import gyre.wire.Digest;
import gyre.wire.Limits;
import gyre.wire.PeerId;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the values of one MessagePack message in order, and accepts only what the protocol knows:
 * unsigned integers, booleans, strings, byte strings and arrays, each in its shortest form and
 * within its limit. A length is compared with the limit, and with what is there, before anything is
 * allocated. One thread.
 */
public final class MessageReader {
  private static final int FIXED_ARRAY = 0x90;
  private static final int FIXED_TEXT = 0xa0;

  private final ByteBuffer in;

  private MessageReader(ByteBuffer in) {
    this.in = in;
  }

  /** What makes one value of what the reader reads. */
  @FunctionalInterface
  public interface Reading<T> {
    T from(MessageReader in) throws DecodeException;
  }

  /**
   * Reads the whole of what remains in the buffer as one message. What a record's constructor
   * refuses with IllegalArgumentException is malformed too.
   */
  public static <T> T whole(ByteBuffer message, int limit, Reading<T> reading)
      throws DecodeException {
    if (message.remaining() > limit) {
      throw new DecodeException(
          0, "the message has " + message.remaining() + " bytes, the limit is " + limit);
    }
    MessageReader reader = new MessageReader(message.slice());
    try {
      T value = reading.from(reader);
      reader.end();
      return value;
    } catch (IllegalArgumentException refused) {
      throw reader.malformed(String.valueOf(refused.getMessage()));
    }
  }

  public DecodeException malformed(String reason) {
    return new DecodeException(in.position(), reason);
  }

  /** An array of exactly so many elements. */
  public void fields(int count) throws DecodeException {
    checkFields(array("fields", Integer.MAX_VALUE), count);
  }

  void checkFields(int found, int expected) throws DecodeException {
    if (found != expected) {
      throw malformed("an array of " + found + " fields where " + expected + " belong");
    }
  }

  /** The tag of a message; what is past 2^31 is as unknown as 2^31 - 1. */
  int tag() throws DecodeException {
    return (int) Math.min(uint("tag"), Integer.MAX_VALUE);
  }

  /** A message of a known tag, in an array of exactly so many fields, the tag among them. */
  <T> Optional<T> tagged(int found, int expected, Reading<T> reading) throws DecodeException {
    checkFields(found, expected);
    return Optional.of(reading.from(this));
  }

  /** A message of a later minor version: passed over unread. */
  <T> Optional<T> unknownTag() {
    in.position(in.limit());
    return Optional.empty();
  }

  /** The header of an array; the count of its elements. */
  public int array(String what, int limit) throws DecodeException {
    int head = next();
    long count;
    if ((head & 0xf0) == FIXED_ARRAY) {
      count = head & 0x0f;
    } else if (head == 0xdc) {
      count = shortest(unsigned(2), 16);
    } else if (head == 0xdd) {
      count = shortest(unsigned(4), 0x1_0000);
    } else {
      throw unexpected("an array", head);
    }
    return bounded(what, count, limit);
  }

  /** An array of any number of elements up to the limit. */
  public <T> List<T> list(String what, int limit, Reading<T> element) throws DecodeException {
    int count = array(what, limit);
    List<T> elements = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      elements.add(element.from(this));
    }
    return elements;
  }

  public long uint(String what) throws DecodeException {
    return uint(what, Limits.UINT);
  }

  public long uint(String what, long limit) throws DecodeException {
    int head = next();
    long value =
        switch (head) {
          case 0xcc -> shortest(unsigned(1), 0x80);
          case 0xcd -> shortest(unsigned(2), 0x100);
          case 0xce -> shortest(unsigned(4), 0x1_0000);
          case 0xcf -> shortest(unsigned(8), 1L << 32);
          default -> {
            if (head >= 0x80) {
              throw unexpected("an unsigned integer", head);
            }
            yield head;
          }
        };
    if (value < 0 || value > limit) {
      throw malformed(what + " is " + Long.toUnsignedString(value) + ", the limit is " + limit);
    }
    return value;
  }

  public int uint31(String what) throws DecodeException {
    return (int) uint(what, Integer.MAX_VALUE);
  }

  public boolean bool() throws DecodeException {
    int head = next();
    if (head != 0xc2 && head != 0xc3) {
      throw unexpected("a boolean", head);
    }
    return head == 0xc3;
  }

  public String text(String what, int limit) throws DecodeException {
    int head = next();
    long length;
    if ((head & 0xe0) == FIXED_TEXT) {
      length = head & 0x1f;
    } else {
      length =
          switch (head) {
            case 0xd9 -> shortest(unsigned(1), 32);
            case 0xda -> shortest(unsigned(2), 0x100);
            case 0xdb -> shortest(unsigned(4), 0x1_0000);
            default -> throw unexpected("a string", head);
          };
    }
    return decodeText(what, bounded(what, length, limit));
  }

  /** A byte string, copied. */
  public Bytes bytes(String what, int limit) throws DecodeException {
    return copy(bytesLength(what, limit));
  }

  /** A byte string of exactly this length, copied. */
  public Bytes bytesOf(String what, int length) throws DecodeException {
    return exactly(what, length, bytes(what, length));
  }

  /** A byte string of exactly this length, or an empty one. */
  public Bytes bytesOfOrEmpty(String what, int length) throws DecodeException {
    Bytes bytes = bytes(what, length);
    return bytes.isEmpty() ? bytes : exactly(what, length, bytes);
  }

  /**
   * A byte string that shares the array of the buffer where it has one: nobody may change that
   * array afterwards.
   */
  public Bytes sharedBytes(String what, int limit) throws DecodeException {
    int length = bytesLength(what, limit);
    if (!in.hasArray()) {
      return copy(length);
    }
    Bytes shared = Bytes.owning(in.array(), in.arrayOffset() + in.position(), length);
    in.position(in.position() + length);
    return shared;
  }

  public Digest digest() throws DecodeException {
    return new Digest(bytesOf("digest", Digest.LENGTH));
  }

  public PeerId peerId() throws DecodeException {
    return new PeerId(text("peer id", Limits.PEER_ID));
  }

  /** Nothing follows. */
  void end() throws DecodeException {
    if (in.hasRemaining()) {
      throw malformed(in.remaining() + " bytes follow the message");
    }
  }

  private int bytesLength(String what, int limit) throws DecodeException {
    int head = next();
    long length =
        switch (head) {
          case 0xc4 -> unsigned(1);
          case 0xc5 -> shortest(unsigned(2), 0x100);
          case 0xc6 -> shortest(unsigned(4), 0x1_0000);
          default -> throw unexpected("a byte string", head);
        };
    return bounded(what, length, limit);
  }

  private Bytes exactly(String what, int length, Bytes bytes) throws DecodeException {
    if (bytes.length() != length) {
      throw malformed(what + " has " + bytes.length() + " bytes, not " + length);
    }
    return bytes;
  }

  private Bytes copy(int length) {
    byte[] array = new byte[length];
    in.get(array);
    return Bytes.owning(array);
  }

  private String decodeText(String what, int length) throws DecodeException {
    byte[] utf8 = new byte[length];
    in.get(utf8);
    for (byte each : utf8) {
      if (each < 0) {
        return decodeBeyondAscii(what, utf8);
      }
    }
    return new String(utf8, StandardCharsets.ISO_8859_1);
  }

  private String decodeBeyondAscii(String what, byte[] utf8) throws DecodeException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException notUtf8) {
      DecodeException malformed = malformed(what + " is not UTF-8");
      malformed.initCause(notUtf8);
      throw malformed;
    }
  }

  private int bounded(String what, long length, int limit) throws DecodeException {
    if (length > limit) {
      throw malformed(what + " of " + length + ", the limit is " + limit);
    }
    if (length > in.remaining()) {
      throw malformed(what + " of " + length + " where " + in.remaining() + " bytes are left");
    }
    return (int) length;
  }

  private long shortest(long value, long least) throws DecodeException {
    if (value >= 0 && value < least) {
      throw malformed("not the shortest form of " + value);
    }
    return value;
  }

  private int next() throws DecodeException {
    need(1);
    return in.get() & 0xff;
  }

  private long unsigned(int bytes) throws DecodeException {
    need(bytes);
    return switch (bytes) {
      case 1 -> in.get() & 0xff;
      case 2 -> in.getShort() & 0xffff;
      case 4 -> in.getInt() & 0xffff_ffffL;
      default -> in.getLong();
    };
  }

  private void need(int bytes) throws DecodeException {
    if (in.remaining() < bytes) {
      throw malformed("the message ends too early");
    }
  }

  private DecodeException unexpected(String expected, int head) {
    return malformed("0x" + Integer.toHexString(head) + " where " + expected + " belongs");
  }
}
