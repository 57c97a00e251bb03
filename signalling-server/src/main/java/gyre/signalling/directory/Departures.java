package gyre.signalling.directory;

import gyre.wire.Bytes;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Peers whose connection ended a short while ago and who may come back for what they held. */
final class Departures {
  private record Departed(Member member, Instant until) {}

  private final Capacity capacity;
  private final Map<Bytes, Departed> byResume = new LinkedHashMap<>();

  Departures(Capacity capacity) {
    this.capacity = capacity;
  }

  void remember(Member member, Instant now) {
    byResume.put(
        member.description().resume(), new Departed(member, now.plus(capacity.resumable())));
    Iterator<Departed> eldest = byResume.values().iterator();
    while (byResume.size() > capacity.departed()) {
      eldest.next();
      eldest.remove();
    }
  }

  /** Takes the session out, once, for somebody who may have it. */
  Optional<Member> take(Bytes resume, Newcomer newcomer, Instant now) {
    Departed departed = byResume.get(resume);
    if (departed == null || !departed.member().mayBeResumedBy(newcomer)) {
      return Optional.empty();
    }
    byResume.remove(resume);
    return departed.until().isBefore(now) ? Optional.empty() : Optional.of(departed.member());
  }

  void expire(Instant now) {
    Iterator<Departed> eldest = byResume.values().iterator();
    while (eldest.hasNext() && eldest.next().until().isBefore(now)) {
      eldest.remove();
    }
  }

  int size() {
    return byResume.size();
  }
}
