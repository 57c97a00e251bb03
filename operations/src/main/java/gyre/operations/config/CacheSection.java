package gyre.operations.config;

import gyre.operations.start.StartFailure;
import java.time.Duration;

/** Reads the section {@code cache}. */
final class CacheSection {
  private CacheSection() {}

  static CacheConfig read(String file, YamlSection section) {
    long memory = section.value("memory", Units::bytes).orElse(256L << 20);
    long disk = section.value("disk", Units::bytes).orElse(1L << 30);
    CacheConfig cache =
        new CacheConfig(
            memory,
            disk,
            section
                .value("largest", Units::bytes)
                .orElseGet(() -> CacheConfig.usualLargest(memory, disk)),
            section.value("negative-ttl", Units::duration).orElse(Duration.ofSeconds(10)));
    section.done();
    if (cache.largest() > CacheConfig.MOST || (disk > 0 && cache.largest() > disk / 2)) {
      throw new StartFailure(
          file + ": cache.largest is more than 16GiB, or than half of cache.disk");
    }
    return cache;
  }
}
