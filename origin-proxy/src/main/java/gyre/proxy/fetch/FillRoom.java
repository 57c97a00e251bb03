package gyre.proxy.fetch;

import gyre.proxy.cache.Drafts;

/**
 * Where what arrives may be kept until it is whole: up to {@code collected} bytes of it in memory,
 * as the budget of all fills allows, and as a draft of the store beyond that.
 */
record FillRoom(long collected, FillBudget budget, Drafts drafts) {

  /** For what must not be written down. */
  FillRoom inMemory() {
    return new FillRoom(collected, budget, Drafts.NONE);
  }

  /** Whether content of this size is kept, where there is room for it. */
  boolean keeps(long size) {
    return size <= collected || size <= drafts.largest();
  }
}
