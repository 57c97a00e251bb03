package gyre.worker.browser;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The script that stands between this process and chromedriver, so that neither driver nor browser
 * outlives it, however it ends: they run in a process group of their own, and a shell in that group
 * waits on the pipe that is this process's end of standard input and kills the group when the pipe
 * closes.
 */
final class DriverLauncher {
  private static final String SCRIPT =
      """
      #!/bin/sh
      exec setsid /bin/sh -c '
      trap "" INT
      exec 3<&0
      (read farewell; kill -9 -$$) <&3 3<&- >/dev/null 2>&1 &
      exec "$@" </dev/null 3<&-
      ' sh "CHROMEDRIVER" "$@"
      """;

  private DriverLauncher() {}

  static Path write(Path folder, Path chromedriver) throws IOException {
    String path = chromedriver.toAbsolutePath().toString();
    Path script = folder.resolve("chromedriver");
    Files.writeString(
        script, SCRIPT.replace("CHROMEDRIVER", path.replaceAll("[\"$`\\\\]", "\\\\$0")));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return script;
  }
}
