package gyre.signalling.directory;

import gyre.signalling.matching.Accuser;
import gyre.signalling.matching.Asker;
import gyre.signalling.matching.Candidate;
import gyre.signalling.matching.Conduct;
import gyre.wire.AppId;
import gyre.wire.Digest;
import gyre.wire.PeerId;
import gyre.wire.PeerKind;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/** A peer that is here. Its sets are changed by {@link Swarm} only, which keeps the indices. */
final class Member {
  private final Newcomer description;
  private final Accuser accuser;
  private final Conduct conduct;
  private final Set<Digest> holdings = new HashSet<>();
  private final Set<AppId> runs = new LinkedHashSet<>();
  private String page;

  private Member(Newcomer description, Accuser accuser, Conduct conduct, String page) {
    this.description = description;
    this.accuser = accuser;
    this.conduct = conduct;
    this.page = page;
  }

  static Member first(Newcomer description, String page, Instant now) {
    return new Member(
        description, new Accuser(description.peer(), description.origin()), new Conduct(now), page);
  }

  /** The same session under a new peer id: what others said of it, and what it said, stays. */
  static Member resumed(Newcomer description, String page, Member earlier) {
    return new Member(description, earlier.accuser, earlier.conduct, page);
  }

  boolean mayBeResumedBy(Newcomer newcomer) {
    return newcomer.kind() == description.kind()
        && newcomer.subject().equals(description.subject());
  }

  Newcomer description() {
    return description;
  }

  PeerId peer() {
    return description.peer();
  }

  PeerKind kind() {
    return description.kind();
  }

  Accuser accuser() {
    return accuser;
  }

  Conduct conduct() {
    return conduct;
  }

  Set<Digest> holdings() {
    return holdings;
  }

  Set<AppId> runs() {
    return runs;
  }

  String page() {
    return page;
  }

  void turnTo(String next) {
    page = next;
  }

  Asker asAsker() {
    return new Asker(peer(), accuser, kind());
  }

  Candidate asCandidateFor(Member asker) {
    boolean isNear = !page.isEmpty() && page.equals(asker.page);
    return new Candidate(peer(), kind(), description.serves(), isNear, conduct);
  }
}
