package gyre.examples.gallery;

import java.util.Locale;

/** The galleries, one page each, and what their pictures show. */
enum Scene {
  MOUNTAINS(1_000, "Mountains", "Ridges behind ridges, with the air between them.", true),
  RIVERS(2_000, "Rivers", "Water that found its way, seen from above.", true),
  SKIES(3_000, "Skies", "Clouds of gas and dust, and the stars they make.", false);

  private final long seed;
  private final String title;
  private final String introduction;
  private final boolean peerElements;

  Scene(long seed, String title, String introduction, boolean peerElements) {
    this.seed = seed;
    this.title = title;
    this.introduction = introduction;
    this.peerElements = peerElements;
  }

  /** Where the seeds of its pictures begin. */
  long seed() {
    return seed;
  }

  String title() {
    return title;
  }

  String introduction() {
    return introduction;
  }

  /** Whether the page marks its pictures {@code data-peer-src}; else they are plain images. */
  boolean hasPeerElements() {
    return peerElements;
  }

  String slug() {
    return name().toLowerCase(Locale.ROOT);
  }
}
