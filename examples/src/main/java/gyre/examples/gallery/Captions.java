package gyre.examples.gallery;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The captions as JSON: all of them with their stories for readers, without for the search app. */
final class Captions {
  private Captions() {}

  static String withStories(List<Picture> pictures) {
    return json(pictures, picture -> fields(picture) + ", " + field("story", picture.story()));
  }

  static String brief(List<Picture> pictures) {
    return json(pictures, Captions::fields);
  }

  private static String json(List<Picture> pictures, Function<Picture, String> fields) {
    return pictures.stream()
        .map(picture -> "  {" + fields.apply(picture) + "}")
        .collect(Collectors.joining(",\n", "[\n", "\n]\n"));
  }

  private static String fields(Picture picture) {
    return String.join(
        ", ",
        field("picture", picture.path()),
        field("page", picture.page()),
        field("title", picture.title()),
        field("text", picture.text()));
  }

  private static String field(String name, String value) {
    return "\"" + name + "\": \"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
