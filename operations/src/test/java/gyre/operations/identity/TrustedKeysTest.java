package gyre.operations.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gyre.operations.config.TrustConfig;
import gyre.wire.key.SigningKey;
import gyre.wire.key.VerifyingKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustedKeysTest {
  private static final VerifyingKey ONE = SigningKey.generate().verifyingKey();
  private static final VerifyingKey OTHER = SigningKey.generate().verifyingKey();

  @TempDir Path data;
  private Path folder;
  private TrustedKeys keys;

  @BeforeEach
  void file() throws IOException {
    folder = data.resolve("trust").resolve(Role.PROXY.trustFolder());
    keys = new TrustedKeys(data, new TrustConfig(List.of(), List.of()));
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("one.pub"), ONE + "\n");
    Files.writeString(folder.resolve("other.pub"), OTHER + "\n");
    assertEquals(Set.of(ONE, OTHER), keys.proxies());
  }

  @Test
  void aKeyWhoseFileIsRemovedIsTrustedNoMore() throws IOException {
    Files.delete(folder.resolve("one.pub"));
    assertEquals(Set.of(OTHER), keys.proxies());
    Files.delete(folder.resolve("other.pub"));
    Files.delete(folder);
    assertEquals(Set.of(), keys.proxies());
  }

  @Test
  void aFolderThatCannotBeListedTakesNobodysTrustAway() throws IOException {
    Files.move(folder, data.resolve("away"));
    Files.writeString(folder, "no folder");
    assertEquals(Set.of(ONE, OTHER), keys.proxies());
    Files.delete(folder);
    Files.move(data.resolve("away"), folder);
    Files.delete(folder.resolve("one.pub"));
    assertEquals(Set.of(OTHER), keys.proxies());
  }

  @Test
  void aFileThatCannotBeReadKeepsItsKeyAndOneOfNonsenseDoesNot() throws IOException {
    Files.delete(folder.resolve("one.pub"));
    Files.createDirectory(folder.resolve("one.pub"));
    Files.writeString(folder.resolve("other.pub"), "nonsense");
    assertEquals(Set.of(ONE), keys.proxies());
  }
}
