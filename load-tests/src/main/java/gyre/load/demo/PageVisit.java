package gyre.load.demo;

import gyre.load.visitor.Traffic;

/** One page that one visitor opened, and what it got for it; visitors and pages count from 1. */
record PageVisit(int visitor, int ordinal, String page, Traffic traffic) {
  /** The first page of a visit is drawn before the client can help. */
  boolean isFirst() {
    return ordinal == 1;
  }
}
