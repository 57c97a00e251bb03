package gyre.wire;

import java.util.regex.Pattern;

/**
 * Names one connection to the signalling server: {@code <node>-<random>}; the node tells which
 * server holds it.
 */
public record PeerId(String text) implements Comparable<PeerId> {
  private static final Pattern FORM = Pattern.compile("[a-z0-9]{1,16}-[A-Za-z0-9_-]{22}");

  public PeerId {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("not a peer id: " + text);
    }
  }

  public String node() {
    return text.substring(0, text.indexOf('-'));
  }

  @Override
  public int compareTo(PeerId other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
