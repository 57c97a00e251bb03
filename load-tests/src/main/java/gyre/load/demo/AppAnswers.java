package gyre.load.demo;

import java.util.Optional;

/** How many of the app's answers came from a worker, from the origin's executor, from elsewhere. */
record AppAnswers(int workers, int executor, int other) {
  static final AppAnswers NONE = new AppAnswers(0, 0, 0);

  /** Counts one answer by its Cache-Status (RFC 9211). */
  AppAnswers and(Optional<String> cacheStatus) {
    String status = cacheStatus.orElse("");
    if (status.contains("detail=worker")) {
      return new AppAnswers(workers + 1, executor, other);
    }
    return status.contains("detail=executor")
        ? new AppAnswers(workers, executor + 1, other)
        : new AppAnswers(workers, executor, other + 1);
  }
}
