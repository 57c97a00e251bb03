package gyre.wire.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.wire.Bytes;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class KeyTest {
  private static final HexFormat HEX = HexFormat.of();

  /** RFC 8032, 7.1, test 2. */
  private final SigningKey known =
      SigningKey.decode(
          HEX.parseHex(
              "302e020100300506032b657004220420"
                  + "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));

  @Test
  void thePublicKeyIsThatOfTheRfc() {
    assertEquals(
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        known.verifyingKey().raw().toString());
  }

  @Test
  void theSignatureIsThatOfTheRfc() {
    Bytes signature = known.sign(new byte[] {0x72});
    assertEquals(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        HEX.formatHex(signature.toArray()));
    assertTrue(known.verifyingKey().verify(new byte[] {0x72}, signature));
  }

  @Test
  void aGeneratedKeyComesBackFromItsEncoding() {
    SigningKey key = SigningKey.generate();
    SigningKey back = SigningKey.decode(key.encode());
    assertEquals(key.verifyingKey(), back.verifyingKey());
    assertEquals(key.sign(new byte[] {1}), back.sign(new byte[] {1}));
  }

  @Test
  void theTextOfAPublicKeyParses() {
    assertEquals(known.verifyingKey(), VerifyingKey.parse(known.verifyingKey().toString()));
  }

  @Test
  void anySignatureButTheRightOneIsRefused() {
    byte[] message = {1, 2, 3};
    Bytes signature = known.sign(message);
    VerifyingKey key = known.verifyingKey();
    assertFalse(key.verify(new byte[] {1, 2, 4}, signature));
    assertFalse(SigningKey.generate().verifyingKey().verify(message, signature));
    assertFalse(key.verify(message, Bytes.EMPTY));
    assertFalse(key.verify(message, signature.slice(0, 63)));
    for (int at = 0; at < 64; at++) {
      byte[] altered = signature.toArray();
      altered[at] ^= 1;
      assertFalse(key.verify(message, Bytes.owning(altered)));
    }
  }

  @Test
  void whatIsNoKeyIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new VerifyingKey(Bytes.EMPTY));
    byte[] noPoint = new byte[32];
    noPoint[0] = 2;
    assertThrows(IllegalArgumentException.class, () -> new VerifyingKey(Bytes.owning(noPoint)));
    assertThrows(IllegalArgumentException.class, () -> SigningKey.decode(new byte[48]));
  }

  @Test
  void aSigningKeyTellsNothingOfItself() {
    String text = known.toString();
    assertFalse(text.contains("4ccd089b"));
    assertTrue(text.contains(known.verifyingKey().toString()));
  }
}
