package gyre.load.benchmark;

import gyre.load.visitor.Visitor;
import java.util.List;

/** One measured transfer in a page: milliseconds to the first and to the last byte. */
record Transfer(double firstMillis, double lastMillis, long bytes) {
  private static final String FETCH =
      """
      (async (path) => {
        const began = performance.now();
        const answer = await fetch(path);
        const reader = answer.body.getReader();
        let first = 0;
        let bytes = 0;
        for (;;) {
          const { done, value } = await reader.read();
          if (done) return [first, performance.now() - began, bytes];
          first ||= performance.now() - began;
          bytes += value.length;
        }
      })(arguments[0])
      """;

  /** Fetches in the page and reads to the end. */
  static Transfer fetch(Visitor visitor, String path) {
    return of(visitor.value(FETCH, path).orElseThrow());
  }

  /** Takes bytes over the page's bare data channel. */
  static Transfer pump(Visitor visitor, long bytes) {
    return of(visitor.value("pump.take(arguments[0])", bytes).orElseThrow());
  }

  private static Transfer of(Object result) {
    if (!(result instanceof List<?> figures) || figures.size() != 3) {
      throw new IllegalStateException("the page measured nothing: " + result);
    }
    return new Transfer(figure(figures, 0), figure(figures, 1), (long) figure(figures, 2));
  }

  private static double figure(List<?> figures, int index) {
    return figures.get(index) instanceof Number number ? number.doubleValue() : Double.NaN;
  }

  double megabytesPerSecond() {
    return bytes / 1e6 / (lastMillis / 1e3);
  }
}
