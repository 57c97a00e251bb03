package gyre.proxy.sender;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads the field Forwarded (RFC 7239, 4): one {@link Hop} per element, the client's first. */
final class Forwarded {
  private final String text;
  private int at;

  private Forwarded(String text) {
    this.text = text;
  }

  /** Empty where it is malformed. */
  static Optional<List<Hop>> parse(String field) {
    try {
      return Optional.of(new Forwarded(field).elements());
    } catch (MalformedException malformed) {
      return Optional.empty();
    }
  }

  private List<Hop> elements() throws MalformedException {
    List<Hop> hops = new ArrayList<>();
    do {
      hops.add(element());
    } while (takes(','));
    if (at < text.length()) {
      throw new MalformedException();
    }
    return hops;
  }

  private Hop element() throws MalformedException {
    String node = "";
    String scheme = "";
    do {
      skipBlanks();
      if (isAtToken()) {
        String name = token().toLowerCase(Locale.ROOT);
        if (!takes('=')) {
          throw new MalformedException();
        }
        String value = value();
        switch (name) {
          case "for" -> node = once(node, value);
          case "proto" -> scheme = once(scheme, value);
          default -> {} // by, host and extensions
        }
      }
      skipBlanks();
    } while (takes(';'));
    return new Hop(node, scheme);
  }

  /** A parameter must not occur twice (RFC 7239, 4). */
  private static String once(String before, String value) throws MalformedException {
    if (!before.isEmpty()) {
      throw new MalformedException();
    }
    return value;
  }

  private String value() throws MalformedException {
    if (takes('"')) {
      return quoted();
    }
    if (!isAtToken()) {
      throw new MalformedException();
    }
    return token();
  }

  private String quoted() throws MalformedException {
    StringBuilder value = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return value.toString();
      }
      if (c == '\\') {
        if (at == text.length()) {
          break;
        }
        c = text.charAt(at++);
      }
      value.append(c);
    }
    throw new MalformedException();
  }

  private String token() {
    int start = at;
    while (isAtToken()) {
      at++;
    }
    return text.substring(start, at);
  }

  private boolean isAtToken() {
    if (at >= text.length()) {
      return false;
    }
    char c = text.charAt(at);
    return c > ' ' && c < 0x7f && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
  }

  private boolean takes(char wanted) {
    boolean is = at < text.length() && text.charAt(at) == wanted;
    if (is) {
      at++;
    }
    return is;
  }

  private void skipBlanks() {
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      at++;
    }
  }

  private static final class MalformedException extends Exception {
    MalformedException() {
      super("malformed", null, false, false);
    }
  }
}
