package gyre.operations.config;

import java.util.Optional;

/**
 * One rule of a site: a path pattern ({@code *} is any run of characters), and what it asks for.
 * First match wins.
 */
public record RouteConfig(String match, Optional<String> app, Use cache, Use peers) {

  /** {@code HEADERS}: as the response's own headers allow. */
  public enum Use {
    HEADERS,
    NEVER
  }
}
