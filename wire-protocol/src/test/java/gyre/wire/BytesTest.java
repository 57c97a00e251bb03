package gyre.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class BytesTest {
  private final Bytes whole = Bytes.copyOf(new byte[] {0, 1, 2, 3, 4, 5});

  @Test
  void aSliceIsEqualToACopyOfItsBytes() {
    Bytes slice = whole.slice(2, 3);
    Bytes copy = Bytes.copyOf(new byte[] {2, 3, 4});
    assertEquals(copy, slice);
    assertEquals(copy.hashCode(), slice.hashCode());
    assertEquals("020304", slice.toString());
    assertEquals(ByteBuffer.wrap(new byte[] {2, 3, 4}), slice.buffer());
    assertArrayEquals(new byte[] {2, 3, 4}, slice.toArray());
    assertEquals(0, slice.compareUnsigned(copy));
    assertEquals(Bytes.copyOf(new byte[] {3}), slice.slice(1, 1));
  }

  @Test
  void nothingBeyondTheSliceIsReachable() {
    Bytes slice = whole.slice(2, 3);
    assertThrows(IndexOutOfBoundsException.class, () -> slice.at(3));
    assertThrows(IndexOutOfBoundsException.class, () -> slice.at(-1));
    assertThrows(IndexOutOfBoundsException.class, () -> slice.slice(0, 4));
    assertThrows(IndexOutOfBoundsException.class, () -> whole.slice(6, 1));
  }
}
