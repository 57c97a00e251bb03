package gyre.load.replay;

import java.time.Instant;

/** One line of an access log: a request, or something that is none. */
sealed interface LogLine {

  /** {@code visitor} is the client's address with its User-Agent: as close as a log comes. */
  record Entry(
      Instant time, String visitor, String method, String target, int status, String referer)
      implements LogLine {

    /** Whether a browser that plays it would fetch a representation. */
    boolean isPlayable() {
      return method.equals("GET") && (status == 200 || status == 206 || status == 304);
    }
  }

  record Malformed(String reason) implements LogLine {}
}
