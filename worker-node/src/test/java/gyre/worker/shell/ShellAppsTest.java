package gyre.worker.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.AppConfig;
import gyre.operations.start.StartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShellAppsTest {
  @TempDir Path folder;

  @Test
  void anAppIsNamedAsOriginProxyNamesIt() throws IOException {
    Path file = Files.writeString(folder.resolve("app.js"), "export default {}");
    ShellApps apps = ShellApps.read(List.of(new AppConfig("search", file, Map.of())));
    assertEquals(
        "search@muuNWbTUg8pimOmkUPvzff0rTGOZATWrHQQNdjFAh-w",
        apps.named("search").orElseThrow().id().toString());
  }

  @Test
  void aMissingScriptIsOneLineThatNamesAppAndFile() {
    List<AppConfig> apps = List.of(new AppConfig("search", folder.resolve("missing.js"), Map.of()));
    StartFailure failure = assertThrows(StartFailure.class, () -> ShellApps.read(apps));
    assertTrue(failure.getMessage().contains("'search'"), failure.getMessage());
    assertTrue(failure.getMessage().contains("missing.js"), failure.getMessage());
  }

  @Test
  void aNameThatIsNoHostLabelIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("app.js"), "");
    List<AppConfig> apps = List.of(new AppConfig("-search", file, Map.of()));
    assertThrows(StartFailure.class, () -> ShellApps.read(apps));
  }
}
