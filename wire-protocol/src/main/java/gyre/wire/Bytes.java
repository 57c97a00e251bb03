package gyre.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/** An immutable run of bytes with value equality: what a record holds instead of an array. */
public final class Bytes {
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] array;

  private Bytes(byte[] array) {
    this.array = array;
  }

  public static Bytes copyOf(byte[] array) {
    return array.length == 0 ? EMPTY : new Bytes(array.clone());
  }

  /** Takes the array over without a copy; the caller gives it away and changes it no more. */
  public static Bytes owning(byte[] array) {
    return array.length == 0 ? EMPTY : new Bytes(array);
  }

  public int length() {
    return array.length;
  }

  public boolean isEmpty() {
    return array.length == 0;
  }

  public byte at(int index) {
    return array[index];
  }

  /** A read-only view. */
  public ByteBuffer buffer() {
    return ByteBuffer.wrap(array).asReadOnlyBuffer();
  }

  public byte[] toArray() {
    return array.clone();
  }

  public Bytes slice(int from, int length) {
    return owning(Arrays.copyOfRange(array, from, Math.addExact(from, length)));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes bytes && Arrays.equals(array, bytes.array);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(array);
  }

  @Override
  public String toString() {
    return array.length <= 32
        ? HexFormat.of().formatHex(array)
        : HexFormat.of().formatHex(array, 0, 32) + "… (" + array.length + " bytes)";
  }
}
