package gyre.proxy.certificate;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.start.StartFailure;
import gyre.proxy.certificate.acme.OwnCertificates;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateFolderTest {
  private static final URI DIRECTORY = URI.create("https://ca.test:14000/dir/v2?a=b");

  @TempDir Path folder;
  private CertificateFolder kept;
  private Path own;

  @BeforeEach
  void open() {
    kept = CertificateFolder.open(folder.resolve("acme"), DIRECTORY);
    own = folder.resolve("acme/ca.test_14000_dir_v2");
  }

  private static String mode(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void whatIsStoredIsReadAgainAndNobodyElseMayReadIt() throws Exception {
    PemPair pair = OwnCertificates.meanwhile("a.test");
    kept.store("a.test", pair);
    assertEquals(Optional.of(pair), kept.load("a.test"));
    assertEquals("rw-------", mode(own.resolve("a.test.pem")));
    assertEquals("rwx------", mode(own));
    assertEquals("rwx------", mode(folder.resolve("acme")));
    PemPair newer = OwnCertificates.meanwhile("a.test");
    kept.store("a.test", newer);
    assertEquals(Optional.of(newer), kept.load("a.test"));
  }

  @Test
  void aFolderThatOthersCouldReadIsClosedToThem() throws Exception {
    Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwxr-xr-x"));
    var _ = CertificateFolder.open(folder.resolve("acme"), DIRECTORY);
    assertEquals("rwx------", mode(own));
  }

  @Test
  void theAccountsKeyIsMadeOnceForEachAuthority() throws Exception {
    byte[] made = kept.account().getPrivate().getEncoded();
    assertEquals("rw-------", mode(own.resolve("account.key")));
    CertificateFolder again = CertificateFolder.open(folder.resolve("acme"), DIRECTORY);
    assertArrayEquals(made, again.account().getPrivate().getEncoded());
    CertificateFolder other =
        CertificateFolder.open(folder.resolve("acme"), URI.create("https://other.test/dir"));
    assertFalse(Arrays.equals(made, other.account().getPrivate().getEncoded()));
  }

  @Test
  void aDamagedKeyOfAnAccountStopsTheStart() throws Exception {
    var _ = Files.writeString(own.resolve("account.key"), "nothing");
    StartFailure failure = assertThrows(StartFailure.class, kept::account);
    assertTrue(failure.getMessage().contains("account.key"), failure.getMessage());
  }

  @Test
  void aFileThatWasCutOffOrIsAnothersCountsAsNone() throws Exception {
    assertEquals(Optional.empty(), kept.load("a.test"));
    kept.store("a.test", OwnCertificates.meanwhile("a.test"));
    Path file = own.resolve("a.test.pem");
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length - 1; length += 37) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertEquals(Optional.empty(), kept.load("a.test"));
    }
    kept.store("a.test", OwnCertificates.meanwhile("b.test"));
    assertEquals(Optional.empty(), kept.load("a.test"));
    String one = OwnCertificates.meanwhile("a.test").pem();
    String two = OwnCertificates.meanwhile("a.test").pem();
    int border = one.indexOf("-----BEGIN CERTIFICATE");
    String mixed = one.substring(0, border) + two.substring(two.indexOf("-----BEGIN CERTIFICATE"));
    Files.write(file, mixed.getBytes(US_ASCII));
    assertEquals(Optional.empty(), kept.load("a.test"));
  }

  @Test
  void whatACrashLeftUnfinishedIsSweptAway() throws Exception {
    PemPair pair = OwnCertificates.meanwhile("a.test");
    kept.store("a.test", pair);
    Path left = Files.writeString(own.resolve("0b1c.new"), "-----BEGIN PRIV");
    CertificateFolder again = CertificateFolder.open(folder.resolve("acme"), DIRECTORY);
    assertFalse(Files.exists(left));
    assertEquals(Optional.of(pair), again.load("a.test"));
  }

  @Test
  void aFolderThatCannotBeHadStopsTheStart() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    StartFailure failure =
        assertThrows(StartFailure.class, () -> CertificateFolder.open(file, DIRECTORY));
    assertTrue(failure.getMessage().startsWith("tls.acme.folder: "), failure.getMessage());
  }

  @Test
  void aPairDoesNotPrintItsKey() {
    PemPair pair = OwnCertificates.meanwhile("a.test");
    assertFalse(pair.toString().contains(pair.key().toString()));
    assertNotEquals("", pair.toString());
  }
}
