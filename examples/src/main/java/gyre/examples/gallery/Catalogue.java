package gyre.examples.gallery;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** The pictures of the gallery with their captions: the same list every time. */
final class Catalogue {
  static final int PER_SCENE = 12;
  private static final int STORY_SENTENCES = 24;

  private static final List<String> LIGHT =
      List.of(
          "at first light", "before rain", "in late autumn", "after snow", "at noon", "at dusk");
  private static final List<String> OPENINGS =
      List.of(
          "We waited",
          "The wind held",
          "Nobody spoke",
          "The guide laughed",
          "The map lied",
          "It cleared");
  private static final List<String> MIDDLES =
      List.of(
          "until the valley below had gone quiet",
          "while the colour drained out of the far side",
          "as the first stones began to move",
          "because the path had been washed away in spring",
          "long after the others had turned back",
          "where the old survey shows a hut and a well");
  private static final List<String> ENDINGS =
      List.of(
          "and the camera took one frame.",
          "so this is the third attempt.",
          "which is why the horizon leans.",
          "though the meter asked for twice the time.",
          "and the dog slept through all of it.",
          "with the shutter frozen half open.");

  private Catalogue() {}

  static List<Picture> pictures() {
    List<Picture> pictures = new ArrayList<>();
    for (Scene scene : Scene.values()) {
      for (int number = 1; number <= PER_SCENE; number++) {
        pictures.add(picture(scene, number));
      }
    }
    return List.copyOf(pictures);
  }

  private static Picture picture(Scene scene, int number) {
    SplittableRandom random = new SplittableRandom(scene.seed() + number);
    List<String> subjects = subjects(scene);
    String subject = subjects.get((number - 1) % subjects.size());
    String title = subject + " " + LIGHT.get((number - 1 + (number - 1) / 6 * 3) % LIGHT.size());
    String text = subject + ", " + sentence(random).toLowerCase(Locale.ROOT);
    boolean png = number % 6 == 0;
    return new Picture(
        scene,
        number,
        png ? Picture.Format.PNG : Picture.Format.JPG,
        png ? 480 : 1_440,
        png ? 320 : 960,
        title,
        text,
        story(random));
  }

  private static List<String> subjects(Scene scene) {
    return switch (scene) {
      case MOUNTAINS ->
          List.of(
              "Granite ridge",
              "Blue pass",
              "Broken summit",
              "Long saddle",
              "Glacier tongue",
              "Scree wall");
      case RIVERS ->
          List.of(
              "Braided delta",
              "Slow meander",
              "Silver ford",
              "Peat stream",
              "Salt marsh",
              "Flooded plain");
      case SKIES ->
          List.of(
              "Veil nebula", "Dust lane", "Star nursery", "Cold cloud", "Ember field", "Dark bay");
    };
  }

  private static String story(SplittableRandom random) {
    List<String> sentences = new ArrayList<>();
    for (int i = 0; i < STORY_SENTENCES; i++) {
      sentences.add(sentence(random));
    }
    return String.join(" ", sentences);
  }

  private static String sentence(SplittableRandom random) {
    return one(OPENINGS, random) + " " + one(MIDDLES, random) + ", " + one(ENDINGS, random);
  }

  private static String one(List<String> list, SplittableRandom random) {
    return list.get(random.nextInt(list.size()));
  }
}
