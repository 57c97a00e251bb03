package gyre.proxy.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.AppConfig;
import gyre.operations.start.StartFailure;
import gyre.wire.AppId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeploymentsTest {
  @TempDir Path folder;

  @Test
  void anAppIsNamedByItsNameAndTheSha256OfItsScript() throws IOException {
    AppId id = idOf("export default {}");
    assertEquals("search", id.name());
    assertEquals("muuNWbTUg8pimOmkUPvzff0rTGOZATWrHQQNdjFAh-w", id.code().toString());
    assertEquals(id, idOf("export default {}"));
    assertNotEquals(id, idOf("export default { }"));
  }

  @Test
  void aMissingScriptIsOneLineThatNamesAppAndFile() {
    StartFailure failure =
        assertThrows(
            StartFailure.class,
            () -> Deployments.read(List.of(app("search", folder.resolve("no.js")))));
    assertTrue(failure.getMessage().contains("search"), failure.getMessage());
    assertTrue(failure.getMessage().contains("no.js"), failure.getMessage());
  }

  @Test
  void aScriptThatIsNoTextIsRefused() throws IOException {
    Path file = Files.write(folder.resolve("app.js"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    StartFailure failure =
        assertThrows(StartFailure.class, () -> Deployments.read(List.of(app("search", file))));
    assertTrue(failure.getMessage().contains("UTF-8"), failure.getMessage());
  }

  @Test
  void twoAppsOfOneNameAreRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("app.js"), "export default {}");
    List<AppConfig> twice = List.of(app("search", file), app("search", file));
    assertThrows(StartFailure.class, () -> Deployments.read(twice));
  }

  private AppId idOf(String script) throws IOException {
    Path file = Files.writeString(folder.resolve("app.js"), script);
    return Deployments.read(List.of(app("search", file))).named("search").orElseThrow().id();
  }

  private static AppConfig app(String name, Path file) {
    return new AppConfig(name, file, Map.of());
  }
}
