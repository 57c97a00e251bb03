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
    return fields.stream().filter(f -> f.name().equals(wanted)).map(HeaderField::value).findFirst();
  }

  public List<String> all(String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    return fields.stream().filter(f -> f.name().equals(wanted)).map(HeaderField::value).toList();
  }

  public boolean contains(String name) {
    return first(name).isPresent();
  }

  /**
   * The values of a list-based field joined by commas (RFC 9110, 5.3); empty where it is absent.
   */
  public Optional<String> joined(String name) {
    List<String> values = all(name);
    return values.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", values));
  }

  public Headers with(String name, String value) {
    List<HeaderField> changed = new ArrayList<>(without(f -> f.name().equals(name)).fields);
    changed.add(new HeaderField(name, value));
    return new Headers(changed);
  }

  public Headers and(String name, String value) {
    List<HeaderField> changed = new ArrayList<>(fields);
    changed.add(new HeaderField(name, value));
    return new Headers(changed);
  }

  public Headers without(Predicate<HeaderField> unwanted) {
    return new Headers(fields.stream().filter(unwanted.negate()).toList());
  }
}
