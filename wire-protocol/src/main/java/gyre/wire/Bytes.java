package gyre.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/**
 * An immutable run of bytes with value equality: what a record holds instead of an array. A slice
 * shares the array of its whole, and keeps all of it alive.
 */
public final class Bytes {
  public static final Bytes EMPTY = new Bytes(new byte[0], 0, 0);

  private final byte[] array;
  private final int from;
  private final int length;

  private Bytes(byte[] array, int from, int length) {
    this.array = array;
    this.from = from;
    this.length = length;
  }

  public static Bytes copyOf(byte[] array) {
    return owning(array.clone());
  }

  /** Copies what remains in the buffer, whose position moves to its limit. */
  public static Bytes copyOf(ByteBuffer buffer) {
    byte[] array = new byte[buffer.remaining()];
    buffer.get(array);
    return owning(array);
  }

  /** Takes the array over without a copy; the caller gives it away and changes it no more. */
  public static Bytes owning(byte[] array) {
    return owning(array, 0, array.length);
  }

  /** Takes a part of the array over without a copy; nobody changes that part any more. */
  public static Bytes owning(byte[] array, int from, int length) {
    Objects.checkFromIndexSize(from, length, array.length);
    return length == 0 ? EMPTY : new Bytes(array, from, length);
  }

  public int length() {
    return length;
  }

  public boolean isEmpty() {
    return length == 0;
  }

  public byte at(int index) {
    return array[from + Objects.checkIndex(index, length)];
  }

  /** A read-only view. */
  public ByteBuffer buffer() {
    return ByteBuffer.wrap(array, from, length).slice().asReadOnlyBuffer();
  }

  /** Copies all bytes into the buffer. */
  public void writeTo(ByteBuffer out) {
    out.put(array, from, length);
  }

  public byte[] toArray() {
    return Arrays.copyOfRange(array, from, from + length);
  }

  /** A part of these bytes, without a copy. */
  public Bytes slice(int start, int count) {
    Objects.checkFromIndexSize(start, count, length);
    return owning(array, from + start, count);
  }

  /** Like {@link Arrays#compareUnsigned(byte[], byte[])}. */
  public int compareUnsigned(Bytes other) {
    return Arrays.compareUnsigned(
        array, from, from + length, other.array, other.from, other.from + other.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes bytes
        && Arrays.equals(
            array, from, from + length, bytes.array, bytes.from, bytes.from + bytes.length);
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = from; i < from + length; i++) {
      hash = 31 * hash + array[i];
    }
    return hash;
  }

  @Override
  public String toString() {
    return length <= 32
        ? HexFormat.of().formatHex(array, from, from + length)
        : HexFormat.of().formatHex(array, from, from + 32) + "… (" + length + " bytes)";
  }
}
