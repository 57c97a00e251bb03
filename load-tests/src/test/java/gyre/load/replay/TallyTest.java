package gyre.load.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TallyTest {
  private final Tally tally = new Tally();

  @Test
  void theCeilingIsWhatAllButTheFirstVisitCouldHaveSpared() {
    tally.wanted("/a", 100);
    tally.wanted("/a", 100);
    tally.wanted("/a", 100);
    tally.wanted("/b", 100);
    assertEquals(0.5, tally.ceiling(), 1e-9);
  }

  @Test
  void offloadIsTheShareOfPeersAmongBytesThatTravelled() {
    tally.ownBytes.add(1_000);
    tally.peerBytes.add(300);
    tally.originBytes.add(100);
    assertEquals(0.75, tally.offload(), 1e-9);
  }

  @Test
  void aReportOfNothingIsStillAReport() {
    assertTrue(tally.report(0, 0).contains("offload 0.000"));
  }
}
