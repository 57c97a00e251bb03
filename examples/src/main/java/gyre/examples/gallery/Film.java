package gyre.examples.gallery;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * The gallery's large file: 10 MiB that do not compress, as a film would not. It is a download, not
 * something that plays.
 */
final class Film {
  static final String PATH = "/media/film.bin";
  static final int SIZE = 10 << 20;

  private Film() {}

  static void write(Path file) throws IOException {
    SplittableRandom random = new SplittableRandom(2013);
    byte[] block = new byte[1 << 16];
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      for (int written = 0; written < SIZE; written += block.length) {
        random.nextBytes(block);
        out.write(block);
      }
    }
  }
}
