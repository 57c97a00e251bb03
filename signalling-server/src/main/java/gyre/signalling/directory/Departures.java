package gyre.signalling.directory;

import gyre.wire.Bytes;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;

/**
 * Peers whose connection ended a short while ago and who may come back for what they held. Bounded
 * by their number and by the digests that they hold; the oldest go first.
 */
final class Departures {
  private record Departed(Member member, Instant until) {}

  private final Capacity capacity;
  private final LinkedHashMap<Bytes, Departed> byResume = new LinkedHashMap<>();
  private int held;

  Departures(Capacity capacity) {
    this.capacity = capacity;
  }

  void remember(Member member, Instant now) {
    forget(member.description().resume());
    byResume.put(
        member.description().resume(), new Departed(member, now.plus(capacity.resumable())));
    held += member.holdings().size();
    while (byResume.size() > capacity.departed()) {
      forget(byResume.firstEntry().getKey());
    }
  }

  /** Drops the oldest until those who are here and those who left hold what a site may. */
  void leaveRoomFor(int heldByThoseHere) {
    while (!byResume.isEmpty() && held > capacity.holdings() - heldByThoseHere) {
      forget(byResume.firstEntry().getKey());
    }
  }

  private void forget(Bytes resume) {
    Departed departed = byResume.remove(resume);
    if (departed != null) {
      held -= departed.member().holdings().size();
    }
  }

  /** Takes the session out, once, for somebody who may have it. */
  Optional<Member> take(Bytes resume, Newcomer newcomer, Instant now) {
    Departed departed = byResume.get(resume);
    if (departed == null || !departed.member().mayBeResumedBy(newcomer)) {
      return Optional.empty();
    }
    forget(resume);
    return departed.until().isBefore(now) ? Optional.empty() : Optional.of(departed.member());
  }

  void expire(Instant now) {
    while (!byResume.isEmpty() && byResume.firstEntry().getValue().until().isBefore(now)) {
      forget(byResume.firstEntry().getKey());
    }
  }

  int size() {
    return byResume.size();
  }
}
