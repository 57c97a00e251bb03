package gyre.proxy.admin;

/** How many answers a source gave, and how many bytes of bodies. */
record Tally(long answers, long bytes) {
  static final Tally NONE = new Tally(0, 0);

  Tally minus(Tally earlier) {
    return new Tally(Math.max(0, answers - earlier.answers), Math.max(0, bytes - earlier.bytes));
  }
}
