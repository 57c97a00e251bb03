package gyre.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class Utf8Test {

  @Property
  void theLengthIsThatOfTheEncodedText(@ForAll String text) {
    if (StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      assertEquals(text.getBytes(StandardCharsets.UTF_8).length, Utf8.length(text));
    } else {
      assertThrows(IllegalArgumentException.class, () -> Utf8.length(text));
    }
  }

  @Test
  void surrogatesCountAsPairsOnly() {
    assertEquals(4, Utf8.length("𝔤"));
    assertThrows(IllegalArgumentException.class, () -> Utf8.length("\ud835"));
    assertThrows(IllegalArgumentException.class, () -> Utf8.length("\udd24"));
    assertThrows(IllegalArgumentException.class, () -> Utf8.length("\ud835\ud835\udd24"));
  }
}
