package gyre.operations.config;

import java.time.Duration;
import java.util.Optional;

/**
 * One rule of a site: a path pattern ({@code *} is any run of characters), and what it asks for.
 * First match wins. {@code timeout}: for the head of the upstream's response; {@code between}: for
 * each further piece of it. {@code setCookie}: whose the cookies are that a response sets.
 */
public record RouteConfig(
    String match,
    Optional<String> app,
    Use cache,
    Use peers,
    Cookies setCookie,
    Optional<Duration> timeout,
    Optional<Duration> between) {

  /** {@code HEADERS}: as the response's own headers allow. */
  public enum Use {
    HEADERS,
    NEVER
  }

  /** {@code PRIVATE}: one visitor's, so that the response is not stored. */
  public enum Cookies {
    PRIVATE,
    SHARED
  }
}
