package gyre.proxy.coding;

import gyre.proxy.cache.Representation;

/** What became of a content in a coding. */
public sealed interface Kept {
  record Ready(Representation content) implements Kept {}

  /** It would save next to nothing. */
  record Useless() implements Kept {}

  /** Not made yet, or dropped since. */
  record Missing() implements Kept {}
}
