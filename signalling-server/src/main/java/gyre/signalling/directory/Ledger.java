package gyre.signalling.directory;

import gyre.wire.PeerId;
import gyre.wire.PeerReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** What the readers of one site reported: sums, and the latest lines. */
final class Ledger {
  private static final int LINES = 64;

  private record Line(PeerId from, PeerId to, long bytes, long badChunks, Instant at) {}

  private final Deque<Line> lines = new ArrayDeque<>();
  private long received;
  private long badChunks;

  /** A reader's own words: they move its provider's conduct and the sums, nothing else. */
  void enter(Member reporter, Member reported, PeerReport line, Instant now) {
    if (line.badChunks() > 0) {
      reported.conduct().accuse(reporter.accuser());
    }
    if (line.received() == 0 && line.badChunks() == 0) {
      return;
    }
    reported.conduct().credit(line.received(), now);
    received += line.received();
    badChunks += line.badChunks();
    lines.addFirst(
        new Line(reported.peer(), reporter.peer(), line.received(), line.badChunks(), now));
    if (lines.size() > LINES) {
      lines.removeLast();
    }
  }

  long received() {
    return received;
  }

  long badChunks() {
    return badChunks;
  }

  List<Census.Transfer> recent(Instant now) {
    return lines.stream()
        .map(
            line ->
                new Census.Transfer(
                    line.from(),
                    line.to(),
                    line.bytes(),
                    line.badChunks(),
                    Duration.between(line.at(), now).toMillis()))
        .toList();
  }
}
