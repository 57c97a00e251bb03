package gyre.signalling.directory;

import gyre.wire.Bytes;
import gyre.wire.Digest;
import gyre.wire.Limits;
import gyre.wire.PeerId;
import gyre.wire.Providers;
import gyre.wire.Runners;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What goes into one message, kept within a signalling frame: what finds no room stays out, and its
 * asker is served by HTTP.
 */
final class Parcel {
  /** The rest of the message: tag, ids, counts, neighbours. */
  private static final int RESERVE = 1_024;

  private static final int ARRAYS = 6;
  private static final int DIGEST = 34;
  private static final int HEADER = 3;

  private final List<Bytes> manifests = new ArrayList<>();
  private final Map<Digest, Providers> providers = new LinkedHashMap<>();
  private final List<Runners> runners = new ArrayList<>();
  private int left = Limits.SIGNALLING_FRAME - RESERVE;

  /** False where there is no room. */
  boolean add(Published manifest) {
    if (!take(HEADER + manifest.encoded().length())) {
      return false;
    }
    return manifests.add(manifest.encoded());
  }

  void add(Providers found) {
    if (!found.peers().isEmpty()
        && !providers.containsKey(found.digest())
        && take(ARRAYS + DIGEST + size(found.peers()))) {
      providers.put(found.digest(), found);
    }
  }

  void add(Runners found) {
    if (take(ARRAYS + HEADER + found.app().toString().length() + size(found.peers()))) {
      runners.add(found);
    }
  }

  List<Bytes> manifests() {
    return manifests;
  }

  List<Providers> providers() {
    return List.copyOf(providers.values());
  }

  List<Runners> runners() {
    return runners;
  }

  private boolean take(int size) {
    if (size > left) {
      return false;
    }
    left -= size;
    return true;
  }

  private static int size(List<PeerId> peers) {
    return peers.stream().mapToInt(peer -> HEADER + peer.text().length()).sum();
  }
}
