package gyre.worker.browser;

import gyre.worker.fleet.Tab.Vitals;
import java.util.Map;

/** What a tab says of itself; the words come from the tab, the numbers are its own. */
public record TabState(Vitals vitals, String peer, long channels, long failed, String lastError) {
  public static final TabState NEW = new TabState(Vitals.NEW, "", 0, 0, "");

  static TabState of(Object answer) {
    if (!(answer instanceof Map<?, ?> state)) {
      return NEW;
    }
    return new TabState(
        new Vitals(
            Boolean.TRUE.equals(state.get("registered")),
            false,
            (int) number(state.get("inFlight")),
            number(state.get("served")),
            number(state.get("memory"))),
        text(state.get("peerId")),
        number(state.get("channels")),
        number(state.get("failed")),
        text(state.get("lastError")));
  }

  private static long number(Object value) {
    return value instanceof Number number ? number.longValue() : 0;
  }

  private static String text(Object value) {
    return value instanceof String text ? text : "";
  }
}
