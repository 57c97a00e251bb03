package gyre.examples.gallery;

import java.awt.image.BufferedImage;

/** Paints one picture out of fractal noise, with the grain that gives photographs their size. */
final class Painter {
  private static final double GRAIN = 0.045;
  private static final int RIDGES = 5;

  private final Picture picture;
  private final Noise noise;

  Painter(Picture picture) {
    this.picture = picture;
    this.noise = new Noise(picture.seed());
  }

  BufferedImage paint() {
    BufferedImage image =
        new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_INT_RGB);
    Palette palette = palette();
    for (int y = 0; y < picture.height(); y++) {
      for (int x = 0; x < picture.width(); x++) {
        double tone = tone(x / (double) picture.height(), y / (double) picture.height());
        image.setRGB(x, y, palette.colour(tone + GRAIN * (noise.grain(x, y) - 0.5)));
      }
    }
    return image;
  }

  private double tone(double x, double y) {
    return switch (picture.scene()) {
      case MOUNTAINS -> ridges(x, y);
      case RIVERS -> veins(x, y);
      case SKIES -> clouds(x, y);
    };
  }

  /** Silhouettes, the nearer the darker; above them the sky. */
  private double ridges(double x, double y) {
    for (int ridge = RIDGES; ridge >= 1; ridge--) {
      double crest =
          0.15 + 0.14 * ridge + 0.3 * (noise.fractal(x * (1.2 + ridge * 0.4), ridge * 31, 6) - 0.5);
      if (y > crest) {
        double rock = noise.fractal(x * 9, y * 14 + ridge * 5, 4) - 0.5;
        return 0.72 - 0.13 * ridge + 0.22 * rock;
      }
    }
    return 0.75 + 0.25 * noise.fractal(x * 2, y * 5, 4) + 0.15 * (0.4 - y);
  }

  /** Where two slopes meet, water runs. */
  private double veins(double x, double y) {
    double bend = noise.fractal(x * 2.2, y * 2.2, 4);
    double slope = noise.fractal(x * 3 + bend * 3, y * 3 - bend * 2, 5);
    double water = Math.abs(slope - 0.48) * 7;
    return water < 1 ? 0.95 - 0.5 * water : 0.15 + 0.5 * slope + 0.2 * (bend - 0.5);
  }

  /** Gas in front of gas, and stars where the grain is brightest. */
  private double clouds(double x, double y) {
    double far = noise.fractal(x * 2, y * 2, 5);
    double near = noise.fractal(x * 3.1 + far * 2.5, y * 3.1 + far, 5);
    boolean star = noise.grain((int) (x * 700), (int) (y * 700)) > 0.9992;
    return star ? 1 : 1.5 * far * near + 0.35 * (near - 0.4);
  }

  private Palette palette() {
    boolean warm = picture.number() % 2 == 0;
    return switch (picture.scene()) {
      case MOUNTAINS ->
          warm
              ? Palette.of(0x1B1A22, 0x4A3B4A, 0xA0705A, 0xE8B88A, 0xFFEBC8)
              : Palette.of(0x0E1A26, 0x2B4660, 0x6C8CA6, 0xB8CBD8, 0xF2F6F8);
      case RIVERS ->
          warm
              ? Palette.of(0x2A1E12, 0x6B4E2E, 0xA88A52, 0x7FA6A0, 0xE6F2EE)
              : Palette.of(0x10240F, 0x2F5128, 0x7C8F4A, 0x5D93B0, 0xDDEFF8);
      case SKIES ->
          warm
              ? Palette.of(0x050308, 0x3A0F2B, 0xA8324A, 0xF08A4B, 0xFFF3D6)
              : Palette.of(0x02040A, 0x10284A, 0x2E6F9E, 0x9AD0D8, 0xFFFFFF);
    };
  }
}
