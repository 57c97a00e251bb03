package gyre.signalling.directory;

import java.time.Duration;
import java.util.SplittableRandom;

final class MemoryDirectoryTest extends DirectoryContract {
  @Override
  Directory create(Capacity capacity) {
    return new MemoryDirectory(capacity, Duration.ofSeconds(20), new SplittableRandom(1));
  }
}
