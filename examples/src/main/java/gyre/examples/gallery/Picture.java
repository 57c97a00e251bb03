package gyre.examples.gallery;

import java.util.Locale;

/** One picture of the gallery: what it shows, how large, and the seed from which it is painted. */
record Picture(
    Scene scene,
    int number,
    Format format,
    int width,
    int height,
    String title,
    String text,
    String story) {

  /** JPEG as photographs are, and a few PNG, which are larger for their size. */
  enum Format {
    JPG,
    PNG;

    String extension() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  String path() {
    return "/pictures/%s-%02d.%s".formatted(scene.slug(), number, format.extension());
  }

  String page() {
    return "/" + scene.slug() + ".html";
  }

  long seed() {
    return scene.seed() + number;
  }
}
