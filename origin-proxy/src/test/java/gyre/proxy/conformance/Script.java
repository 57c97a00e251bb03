package gyre.proxy.conformance;

import gyre.proxy.cache.HttpTime;
import gyre.proxy.message.Headers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * One case of conformance: what the site's server answers in turn, and what a visitor asks for and
 * gets. In the files a key that begins with a capital is a header field; {@code {t-60}} in a value
 * stands for the date a minute before the case began. The last answer is given again and again.
 */
record Script(String section, String name, List<Answer> answers, List<Visit> visits) {

  /** What the server says; no body of its own: "answer 1", "answer 2"… */
  record Answer(int status, Headers headers, Optional<String> body, boolean isDated) {}

  /** What one request must get; what is not said is not looked at. */
  record Visit(
      Duration after,
      String method,
      String path,
      Headers headers,
      Optional<String> content,
      Expected expected) {}

  /** {@code saw}: what the server was sent; an empty value there: it must not be sent. */
  record Expected(
      int status,
      Optional<From> from,
      OptionalInt asked,
      Optional<String> body,
      Map<String, String> has,
      List<String> lacks,
      Map<String, String> saw) {}

  /** Where an answer came from. */
  enum From {
    CACHE,
    VALIDATED,
    UPSTREAM,
    PROXY
  }

  /** Written {@code {long}}: long enough to be worth a coding. */
  private static final String LONG = "many a word ".repeat(200).strip();

  @Override
  public String toString() {
    return section + ": " + name;
  }

  private static final Pattern DATE = Pattern.compile("\\{t([+-]\\d+)?}");

  static Stream<Script> all(Path folder, Instant began) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream()
          .flatMap(file -> read(file, began));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Script> read(Path file, Instant began) {
    try {
      Map<?, ?> root =
          new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
      List<Script> scripts = new ArrayList<>();
      for (Object section : list(root.get("sections"))) {
        for (Object one : list(map(section).get("cases"))) {
          scripts.add(script(text(map(section).get("of")), map(one), began));
        }
      }
      return scripts.stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      throw new IllegalStateException(file + ": " + e.getMessage(), e);
    }
  }

  private static Script script(String section, Map<?, ?> one, Instant began) {
    String name = text(one.get("name"));
    known(name, one, List.of("name", "upstream", "visits"));
    return new Script(
        section,
        name,
        list(one.get("upstream")).stream().map(a -> answer(name, map(a), began)).toList(),
        list(one.get("visits")).stream().map(v -> visit(name, map(v), began)).toList());
  }

  private static Answer answer(String name, Map<?, ?> answer, Instant began) {
    known(name, answer, List.of("status", "body", "dated"));
    return new Answer(
        number(answer.get("status"), 200),
        headers(answer, began),
        optional(answer.get("body")),
        !Boolean.FALSE.equals(answer.get("dated")));
  }

  private static Visit visit(String name, Map<?, ?> visit, Instant began) {
    known(
        name,
        visit,
        List.of(
            "after", "method", "path", "content", "status", "from", "asked", "body", "has", "lacks",
            "saw"));
    return new Visit(
        Duration.ofSeconds(number(visit.get("after"), 0)),
        optional(visit.get("method")).orElse("GET"),
        optional(visit.get("path")).orElse("/a"),
        headers(visit, began),
        optional(visit.get("content")),
        new Expected(
            number(visit.get("status"), 200),
            optional(visit.get("from")).map(from -> From.valueOf(from.toUpperCase(Locale.ROOT))),
            visit.containsKey("asked")
                ? OptionalInt.of(number(visit.get("asked"), 0))
                : OptionalInt.empty(),
            optional(visit.get("body")),
            fields(visit.get("has"), began),
            visit.containsKey("lacks")
                ? list(visit.get("lacks")).stream().map(Script::text).toList()
                : List.of(),
            fields(visit.get("saw"), began)));
  }

  private static void known(String name, Map<?, ?> map, List<String> keys) {
    Predicate<Object> isKnown = key -> isField(key) || keys.contains(key);
    map.keySet().stream()
        .filter(isKnown.negate())
        .findFirst()
        .ifPresent(
            key -> {
              throw new IllegalArgumentException("'" + name + "' has an unknown key " + key);
            });
  }

  private static boolean isField(Object key) {
    return Character.isUpperCase(text(key).charAt(0));
  }

  private static Headers headers(Map<?, ?> map, Instant began) {
    Headers headers = Headers.EMPTY;
    for (Map.Entry<?, ?> field : map.entrySet()) {
      if (isField(field.getKey())) {
        List<?> values = field.getValue() instanceof List<?> all ? all : List.of(field.getValue());
        for (Object value : values) {
          headers = headers.and(text(field.getKey()), dated(text(value), began));
        }
      }
    }
    return headers;
  }

  private static Map<String, String> fields(Object map, Instant began) {
    Map<String, String> fields = new LinkedHashMap<>();
    if (map != null) {
      map(map)
          .forEach(
              (name, value) ->
                  fields.put(text(name), value == null ? "" : dated(text(value), began)));
    }
    return fields;
  }

  private static String dated(String value, Instant began) {
    return DATE.matcher(value)
        .replaceAll(
            match ->
                HttpTime.format(
                    began.plusSeconds(
                        match.group(1) == null ? 0 : Long.parseLong(match.group(1)))));
  }

  private static int number(Object value, int otherwise) {
    return value == null ? otherwise : Integer.parseInt(text(value));
  }

  private static Optional<String> optional(Object value) {
    return Optional.ofNullable(value).map(text -> text.toString().replace("{long}", LONG));
  }

  private static String text(Object value) {
    return String.valueOf(value);
  }

  private static List<?> list(Object value) {
    return (List<?>) value;
  }

  private static Map<?, ?> map(Object value) {
    return (Map<?, ?>) value;
  }
}
