package gyre.operations.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.TrustConfig;
import gyre.operations.start.StartFailure;
import gyre.wire.key.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityKeyTest {
  @TempDir Path folder;

  @Test
  void theFirstStartMakesAKeyAndTheNextOneReadsIt() {
    Path data = folder.resolve("data");
    SigningKey made = IdentityKey.of(data, Role.PROXY);
    assertEquals(made.verifyingKey(), IdentityKey.of(data, Role.PROXY).verifyingKey());
  }

  @Test
  void nobodyElseCanReadThePrivateKey() throws IOException {
    Path data = folder.resolve("data");
    IdentityKey.of(data, Role.WORKER);
    assertEquals("rwx------", mode(data));
    assertEquals("rw-------", mode(data.resolve("identity/worker.key")));
  }

  @Test
  void thePublicPartIsTrustedByServersThatShareTheFolder() {
    SigningKey proxy = IdentityKey.of(folder, Role.PROXY);
    SigningKey worker = IdentityKey.of(folder, Role.WORKER);
    TrustedKeys trusted = new TrustedKeys(folder, new TrustConfig(List.of(), List.of()));
    assertEquals(Set.of(proxy.verifyingKey()), trusted.proxies());
    assertEquals(Set.of(worker.verifyingKey()), trusted.workers());
  }

  @Test
  void keysOfTheConfigurationAreTrustedToo() {
    String key = SigningKey.generate().verifyingKey().toString();
    TrustedKeys trusted = new TrustedKeys(folder, new TrustConfig(List.of(key), List.of()));
    assertEquals(key, trusted.proxies().iterator().next().toString());
  }

  @Test
  void aBrokenKeyOfTheConfigurationStopsTheStart() {
    StartFailure failure =
        assertThrows(
            StartFailure.class,
            () -> new TrustedKeys(folder, new TrustConfig(List.of("rubbish"), List.of())));
    assertTrue(failure.getMessage().startsWith("trust.proxies: 'rubbish'"), failure.getMessage());
  }

  @Test
  void aBrokenFileIsIgnoredAndTheOthersStay() throws IOException {
    SigningKey proxy = IdentityKey.of(folder, Role.PROXY);
    Files.writeString(folder.resolve("trust/proxies/broken.pub"), "no key");
    TrustedKeys trusted = new TrustedKeys(folder, new TrustConfig(List.of(), List.of()));
    assertEquals(Set.of(proxy.verifyingKey()), trusted.proxies());
  }

  @Test
  void aDamagedPrivateKeyStopsTheStartAndIsNotReplaced() throws IOException {
    IdentityKey.of(folder, Role.PROXY);
    Path file = folder.resolve("identity/proxy.key");
    Files.writeString(file, "damaged");
    assertThrows(StartFailure.class, () -> IdentityKey.of(folder, Role.PROXY));
    assertEquals("damaged", Files.readString(file));
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
