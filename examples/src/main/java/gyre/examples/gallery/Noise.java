package gyre.examples.gallery;

/**
 * Value noise on a lattice and its fractal sum: smooth, seeded, the same on every machine because
 * it adds and multiplies only.
 */
final class Noise {
  private final long seed;

  Noise(long seed) {
    this.seed = seed * 0x9E3779B97F4A7C15L;
  }

  /** Between 0 and 1, of several octaves, each half as strong and twice as fine. */
  double fractal(double x, double y, int octaves) {
    double sum = 0;
    double weight = 0.5;
    double scale = 1;
    for (int i = 0; i < octaves; i++) {
      sum += weight * smooth(x * scale + i * 17.31, y * scale - i * 9.77);
      weight *= 0.5;
      scale *= 2.03;
    }
    return sum;
  }

  /** Between 0 and 1, different at every point: the grain of film. */
  double grain(int x, int y) {
    return lattice(x, y);
  }

  private double smooth(double x, double y) {
    int column = (int) Math.floor(x);
    int row = (int) Math.floor(y);
    double u = ease(x - column);
    double v = ease(y - row);
    double top = mix(lattice(column, row), lattice(column + 1, row), u);
    double bottom = mix(lattice(column, row + 1), lattice(column + 1, row + 1), u);
    return mix(top, bottom, v);
  }

  private double lattice(int x, int y) {
    long hash = seed ^ (x * 0xBF58476D1CE4E5B9L) ^ (y * 0x94D049BB133111EBL);
    hash = (hash ^ (hash >>> 30)) * 0xBF58476D1CE4E5B9L;
    hash = (hash ^ (hash >>> 27)) * 0x94D049BB133111EBL;
    return ((hash ^ (hash >>> 31)) >>> 40) / (double) (1 << 24);
  }

  private static double ease(double t) {
    return t * t * (3 - 2 * t);
  }

  static double mix(double from, double to, double share) {
    return from + (to - from) * share;
  }
}
