package gyre.wire;

/**
 * Names one connection to the signalling server: {@code <node>-<random>}; the node tells which
 * server holds it.
 */
public record PeerId(String text) implements Comparable<PeerId> {
  private static final int NODE = 16;
  private static final int RANDOM = 22;

  public PeerId {
    if (!isPeerId(text)) {
      throw new IllegalArgumentException("not a peer id: " + text);
    }
  }

  public String node() {
    return text.substring(0, text.length() - RANDOM - 1);
  }

  @Override
  public int compareTo(PeerId other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }

  private static boolean isPeerId(String text) {
    int node = text.length() - RANDOM - 1;
    if (node < 1 || node > NODE || text.charAt(node) != '-') {
      return false;
    }
    for (int i = 0; i < node; i++) {
      if (!isLowerOrDigit(text.charAt(i))) {
        return false;
      }
    }
    for (int i = node + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isLowerOrDigit(c) && !(c >= 'A' && c <= 'Z') && c != '-' && c != '_') {
        return false;
      }
    }
    return true;
  }

  private static boolean isLowerOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }
}
