package gyre.proxy.http.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;

/**
 * By what a changed file is noticed. Links are followed, since certbot and Kubernetes replace a
 * link and leave the file alone.
 */
record FilePrint(Path real, FileTime modified, long size) {
  private static final FilePrint NONE = new FilePrint(Path.of(""), FileTime.fromMillis(0), -1);

  /** A file that is not there has a print, too. */
  static FilePrint of(Path file) {
    try {
      Path real = file.toRealPath();
      return new FilePrint(real, Files.getLastModifiedTime(real), Files.size(real));
    } catch (IOException e) {
      return NONE;
    }
  }
}
