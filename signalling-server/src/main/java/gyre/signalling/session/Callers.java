package gyre.signalling.session;

import gyre.signalling.admission.ClientAddress;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/** How many connections there are, in all and per client address. Thread-safe. */
final class Callers {
  private final ClientAddress addresses;
  private final int most;
  private final int mostPerAddress;
  private final Map<String, Integer> perAddress = new HashMap<>();
  private int total;

  Callers(ClientAddress addresses, int most, int mostPerAddress) {
    this.addresses = addresses;
    this.most = most;
    this.mostPerAddress = mostPerAddress;
  }

  synchronized boolean enter() {
    if (total >= most) {
      return false;
    }
    total++;
    return true;
  }

  synchronized void exit() {
    total--;
  }

  synchronized int total() {
    return total;
  }

  ClientAddress addresses() {
    return addresses;
  }

  /** A trusted proxy's own address counts for nobody. */
  synchronized boolean enter(InetAddress address) {
    if (addresses.isTrusted(address)) {
      return true;
    }
    String bucket = ClientAddress.bucket(address);
    int present = perAddress.getOrDefault(bucket, 0);
    if (present >= mostPerAddress) {
      return false;
    }
    perAddress.put(bucket, present + 1);
    return true;
  }

  synchronized void exit(InetAddress address) {
    if (!addresses.isTrusted(address)) {
      perAddress.computeIfPresent(
          ClientAddress.bucket(address), (bucket, count) -> count == 1 ? null : count - 1);
    }
  }
}
