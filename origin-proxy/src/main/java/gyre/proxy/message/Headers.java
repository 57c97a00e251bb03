package gyre.proxy.message;

import gyre.wire.HeaderField;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The header section of a message (RFC 9110, 5), in order, names in lower case, several values
 * allowed.
 */
public record Headers(List<HeaderField> fields) {
  private static final int FIELD = 128;

  public static final Headers EMPTY = new Headers(List.of());

  public Headers {
    fields = List.copyOf(fields);
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
    String wanted = name.toLowerCase(Locale.ROOT);
    for (HeaderField field : fields) {
      if (field.name().equals(wanted)) {
        return Optional.of(field.value());
      }
    }
    return Optional.empty();
  }

  public List<String> all(String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    List<String> values = new ArrayList<>(2);
    for (HeaderField field : fields) {
      if (field.name().equals(wanted)) {
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

  public Headers without(String name) {
    return without(field -> field.name().equals(name));
  }

  /** About how many bytes of memory they take. */
  public long weight() {
    return fields.stream().mapToLong(f -> FIELD + f.name().length() + f.value().length()).sum();
  }
}
