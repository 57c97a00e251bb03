package gyre.signalling.directory;

import gyre.wire.Digest;
import gyre.wire.PeerKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Which members hold which digest, from both sides: the members' own sets and an index. */
final class Holdings {
  private final Capacity capacity;
  private final Map<Digest, IndexedSet<Member>> holders = new HashMap<>();
  private int total;

  Holdings(Capacity capacity) {
    this.capacity = capacity;
  }

  /** False where the member, or the site, holds all that it may. */
  boolean gain(Member member, Digest digest) {
    if (member.holdings().contains(digest)) {
      return true;
    }
    if (member.holdings().size() >= allowed(member.kind()) || total >= capacity.holdings()) {
      return false;
    }
    IndexedSet<Member> present = holders.computeIfAbsent(digest, key -> new IndexedSet<>());
    present.add(member);
    member.holdings().add(digest);
    total++;
    return true;
  }

  void lose(Member member, Digest digest) {
    if (member.holdings().remove(digest)) {
      unlist(member, digest);
    }
  }

  /** Takes a departing member out of the index; its own set stays, for a resumed session. */
  void unlist(Member member) {
    member.holdings().forEach(digest -> unlist(member, digest));
  }

  private void unlist(Member member, Digest digest) {
    IndexedSet<Member> present = holders.get(digest);
    if (present != null && present.remove(member)) {
      total--;
      if (present.isEmpty()) {
        holders.remove(digest);
      }
    }
  }

  List<Member> sample(Digest digest, int limit, RandomGenerator random) {
    IndexedSet<Member> present = holders.get(digest);
    return present == null ? List.of() : present.sample(limit, random);
  }

  int digests() {
    return holders.size();
  }

  int total() {
    return total;
  }

  private int allowed(PeerKind kind) {
    return switch (kind) {
      case VISITOR, WORKER -> capacity.visitorDigests();
      case PROXY -> capacity.proxyDigests();
    };
  }
}
