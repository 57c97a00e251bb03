package gyre.operations.config;

import gyre.operations.start.StartFailure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * One mapping of a YAML file being read: each key is taken once with its default; {@link #done}
 * refuses what is left. Every complaint is a {@link StartFailure} that names file, line and key.
 */
final class YamlSection {
  private final String file;
  private final String path;
  private final Map<String, NodeTuple> left = new LinkedHashMap<>();
  private final TreeSet<String> known = new TreeSet<>();

  YamlSection(String file, String path, Node node) {
    this.file = file;
    this.path = path;
    if (!(node instanceof MappingNode mapping)) {
      throw complaint(node, path, "takes a mapping (key: value)");
    }
    for (NodeTuple tuple : mapping.getValue()) {
      String key = scalar(tuple.getKeyNode(), path);
      if (left.put(key, tuple) != null) {
        throw complaint(tuple.getKeyNode(), under(key), "stands twice");
      }
    }
  }

  private YamlSection(String file, String path) {
    this.file = file;
    this.path = path;
  }

  static YamlSection empty(String file, String path) {
    return new YamlSection(file, path);
  }

  <T> Optional<T> value(String key, Function<String, T> parse) {
    return take(key).map(node -> parsed(node, under(key), parse));
  }

  /** False unless the file says true. */
  boolean flag(String key) {
    return value(key, Scalars::flag).orElse(false);
  }

  Optional<String> text(String key) {
    return value(key, Function.identity());
  }

  <T> T required(String key, Function<String, T> parse) {
    return value(key, parse)
        .orElseThrow(() -> new StartFailure(file + ": " + under(key) + " is missing"));
  }

  <T> List<T> list(String key, Function<String, T> parse) {
    return nodes(key).stream().map(node -> parsed(node, under(key), parse)).toList();
  }

  YamlSection section(String key) {
    return take(key)
        .map(node -> new YamlSection(file, under(key), node))
        .orElseGet(() -> empty(file, under(key)));
  }

  Optional<YamlSection> optionalSection(String key) {
    return take(key).map(node -> new YamlSection(file, under(key), node));
  }

  List<YamlSection> sections(String key) {
    List<YamlSection> sections = new ArrayList<>();
    for (Node node : nodes(key)) {
      sections.add(new YamlSection(file, under(key) + "[" + sections.size() + "]", node));
    }
    return sections;
  }

  Map<String, String> texts(String key) {
    Map<String, String> texts = new LinkedHashMap<>();
    optionalSection(key)
        .ifPresent(
            section ->
                section.left.forEach(
                    (name, tuple) ->
                        texts.put(
                            name, section.scalar(tuple.getValueNode(), section.under(name)))));
    return texts;
  }

  /** Refuses the first key that nobody took. */
  void done() {
    left.forEach(
        (key, tuple) -> {
          throw complaint(
              tuple.getKeyNode(), under(key), "is not a key that Gyre knows" + hint(key));
        });
  }

  private String hint(String key) {
    return known.stream()
        .min(Comparator.comparingInt(name -> distance(name, key)))
        .filter(name -> distance(name, key) <= 3)
        .map(name -> "; did you mean '" + name + "'?")
        .orElse(known.isEmpty() ? "" : "; known here: " + String.join(", ", known));
  }

  private Optional<Node> take(String key) {
    known.add(key);
    return Optional.ofNullable(left.remove(key)).map(NodeTuple::getValueNode);
  }

  private List<Node> nodes(String key) {
    Optional<Node> node = take(key);
    if (node.isEmpty()) {
      return List.of();
    }
    if (node.get() instanceof SequenceNode sequence) {
      return sequence.getValue();
    }
    throw complaint(node.get(), under(key), "takes a list");
  }

  private <T> T parsed(Node node, String where, Function<String, T> parse) {
    try {
      return parse.apply(scalar(node, where));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw complaint(node, where, String.valueOf(e.getMessage()));
    }
  }

  private String scalar(Node node, String where) {
    if (node instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    throw complaint(node, where, "takes a single value");
  }

  private String under(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private StartFailure complaint(Node node, String where, String what) {
    Mark mark = node.getStartMark();
    return new StartFailure(
        file
            + ":"
            + (mark.getLine() + 1)
            + ": "
            + (where.isEmpty() ? "the file" : where)
            + ": "
            + what);
  }

  /** Levenshtein's distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
