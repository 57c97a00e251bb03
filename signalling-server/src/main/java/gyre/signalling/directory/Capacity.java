package gyre.signalling.directory;

import java.time.Duration;

/**
 * How much the directory keeps of a site, so that no peer's words grow it without bound.
 *
 * @param visitorDigests digests that one visitor or worker may hold
 * @param proxyDigests digests that one proxy may hold
 * @param holdings digests over all peers of a site, those who may resume included
 * @param apps apps that one worker may run
 * @param manifestBytes bytes of encoded manifests and their names
 * @param pageResources pages, and resources named by pages
 * @param departed sessions that may be resumed
 * @param resumable for how long
 */
public record Capacity(
    int visitorDigests,
    int proxyDigests,
    int holdings,
    int apps,
    long manifestBytes,
    long pageResources,
    int departed,
    Duration resumable) {

  public static final Capacity DEFAULT =
      new Capacity(
          4_096, 65_536, 2_000_000, 64, 64L << 20, 262_144, 20_000, Duration.ofSeconds(30));
}
