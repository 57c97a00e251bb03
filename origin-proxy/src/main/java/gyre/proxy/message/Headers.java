package gyre.proxy.message;

import gyre.wire.HeaderField;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The header section of a message (RFC 9110, 5), in order, several values allowed. Names are in
 * lower case, those that are asked for as well. Immutable.
 */
public final class Headers {
  private static final int FIELD = 128;

  public static final Headers EMPTY = new Headers(List.of());

  private final List<HeaderField> fields;

  /** A bit for each name, which it may share: most names that are asked for are not there. */
  private final long names;

  public Headers(List<HeaderField> fields) {
    this.fields = List.copyOf(fields);
    long seen = 0;
    for (HeaderField field : this.fields) {
      seen |= bit(field.name());
    }
    this.names = seen;
  }

  private static long bit(String name) {
    int hash = name.hashCode();
    return 1L << (hash ^ (hash >>> 6) ^ (hash >>> 12));
  }

  private boolean mayContain(String name) {
    return (names & bit(name)) != 0;
  }

  public List<HeaderField> fields() {
    return fields;
  }

  /** Name, value, name, value… */
  public static Headers of(String... namesAndValues) {
    List<HeaderField> fields = new ArrayList<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.add(new HeaderField(namesAndValues[i], namesAndValues[i + 1]));
    }
    return new Headers(fields);
  }

  public Optional<String> first(String name) {
    if (mayContain(name)) {
      for (HeaderField field : fields) {
        if (field.name().equals(name)) {
          return Optional.of(field.value());
        }
      }
    }
    return Optional.empty();
  }

  public List<String> all(String name) {
    if (!mayContain(name)) {
      return List.of();
    }
    List<String> values = new ArrayList<>(2);
    for (HeaderField field : fields) {
      if (field.name().equals(name)) {
        values.add(field.value());
      }
    }
    return values;
  }

  public boolean contains(String name) {
    return first(name).isPresent();
  }

  /**
   * The values of a list-based field joined by commas (RFC 9110, 5.3); empty where it is absent.
   */
  public Optional<String> joined(String name) {
    List<String> values = all(name);
    return switch (values.size()) {
      case 0 -> Optional.empty();
      case 1 -> Optional.of(values.getFirst());
      default -> Optional.of(String.join(", ", values));
    };
  }

  /** Whether a list-based field holds this member, whatever its case (RFC 9110, 5.6.1). */
  public boolean lists(String name, String member) {
    for (String value : all(name)) {
      for (String token : value.split(",", -1)) {
        if (token.strip().equalsIgnoreCase(member)) {
          return true;
        }
      }
    }
    return false;
  }

  /** The same with every field of this name replaced by one. */
  public Headers with(String name, String value) {
    List<HeaderField> changed = new ArrayList<>(fields.size() + 1);
    for (HeaderField field : fields) {
      if (!field.name().equals(name)) {
        changed.add(field);
      }
    }
    changed.add(new HeaderField(name, value));
    return new Headers(changed);
  }

  /** The same with one field more. */
  public Headers and(String name, String value) {
    return and(new HeaderField(name, value));
  }

  /** The same with these fields more. */
  public Headers and(HeaderField... more) {
    HeaderField[] changed = fields.toArray(new HeaderField[fields.size() + more.length]);
    System.arraycopy(more, 0, changed, fields.size(), more.length);
    return new Headers(List.of(changed));
  }

  /** The same object where there is nothing unwanted. */
  public Headers without(Predicate<HeaderField> unwanted) {
    List<HeaderField> kept = new ArrayList<>(fields.size());
    for (HeaderField field : fields) {
      if (!unwanted.test(field)) {
        kept.add(field);
      }
    }
    return kept.size() == fields.size() ? this : new Headers(kept);
  }

  /** The same without what is unwanted, and with these fields more, copied once. */
  public Headers changed(Predicate<HeaderField> unwanted, HeaderField... more) {
    List<HeaderField> changed = new ArrayList<>(fields.size() + more.length);
    for (HeaderField field : fields) {
      if (!unwanted.test(field)) {
        changed.add(field);
      }
    }
    Collections.addAll(changed, more);
    return new Headers(changed);
  }

  public Headers without(String name) {
    return !mayContain(name) ? this : without(field -> field.name().equals(name));
  }

  /** About how many bytes of memory they take. */
  public long weight() {
    return fields.stream().mapToLong(f -> FIELD + f.name().length() + f.value().length()).sum();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Headers headers && fields.equals(headers.fields);
  }

  @Override
  public int hashCode() {
    return fields.hashCode();
  }

  @Override
  public String toString() {
    return fields.toString();
  }
}
