package gyre.examples.gallery;

import java.util.List;

/** A run of colours (0xRRGGBB) from dark to light; a tone between 0 and 1 picks a mixture. */
record Palette(List<Integer> colours) {
  Palette {
    colours = List.copyOf(colours);
  }

  static Palette of(Integer... colours) {
    return new Palette(List.of(colours));
  }

  int colour(double tone) {
    double place = Math.clamp(tone, 0, 1) * (colours.size() - 1);
    int below = Math.min((int) place, colours.size() - 2);
    double share = place - below;
    return channel(below, share, 16) | channel(below, share, 8) | channel(below, share, 0);
  }

  private int channel(int below, double share, int shift) {
    int from = (colours.get(below) >> shift) & 0xFF;
    int to = (colours.get(below + 1) >> shift) & 0xFF;
    return (int) Noise.mix(from, to, share) << shift;
  }
}
