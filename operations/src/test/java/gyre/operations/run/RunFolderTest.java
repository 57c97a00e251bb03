package gyre.operations.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {
  private static final String NAME = "gyre-test";

  @TempDir Path parent;

  private RunFolder create() throws IOException {
    return RunFolder.create(parent, NAME, ProcessHandle.current());
  }

  private static ProcessHandle ended() throws Exception {
    Process process = new ProcessBuilder("true").start();
    ProcessHandle handle = process.toHandle();
    process.waitFor();
    return handle;
  }

  @Test
  void onlyItsOwnerMayReadItAndClosingRemovesItWithAllThatIsInIt() throws Exception {
    RunFolder folder = create();
    assertEquals(
        PosixFilePermissions.fromString("rwx------"), Files.getPosixFilePermissions(folder.path()));
    Files.createDirectories(folder.path().resolve("profile/cache"));
    Files.writeString(folder.path().resolve("profile/cache/a"), "a");
    folder.close();
    assertFalse(Files.exists(folder.path()));
  }

  @Test
  void whatAnEndedProcessLeftIsRemovedByTheNextOne() throws Exception {
    RunFolder left = RunFolder.create(parent, NAME, ended());
    Files.writeString(left.path().resolve("library.so"), "bytes");
    RunFolder own = create();
    assertFalse(Files.exists(left.path()));
    assertTrue(Files.exists(own.path()));
  }

  @Test
  void theFoldersOfRunningProcessesAndOfOtherNamesStay() throws Exception {
    RunFolder sibling = create();
    RunFolder other = RunFolder.create(parent, "gyre-other", ended());
    Path named = Files.createDirectory(parent.resolve(NAME + "-mine"));
    create();
    assertTrue(Files.exists(sibling.path()));
    assertTrue(Files.exists(other.path()));
    assertTrue(Files.exists(named));
  }

  @Test
  void aProcessIdThatWasGivenAgainKeepsNothing() throws Exception {
    RunFolder left = create();
    Instant before = ProcessHandle.current().info().startInstant().orElseThrow();
    Files.setLastModifiedTime(left.path(), FileTime.from(before.minus(Duration.ofMinutes(1))));
    create();
    assertFalse(Files.exists(left.path()));
  }

  @Test
  void aLinkIsNotFollowed() throws Exception {
    Path precious = Files.createDirectory(parent.resolve("precious"));
    Path link = parent.resolve(NAME + "-" + ended().pid() + "-1");
    Files.createSymbolicLink(link, precious);
    create();
    assertTrue(Files.exists(link));
    assertTrue(Files.exists(precious));
  }
}
