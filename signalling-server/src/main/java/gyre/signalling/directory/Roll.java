package gyre.signalling.directory;

import gyre.wire.AppId;
import gyre.wire.Bytes;
import gyre.wire.PeerId;
import gyre.wire.PeerKind;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Who is here: members by id, by kind, by page, by resume bytes and by the apps they run. */
final class Roll {
  private static final int SHOWN = 200;

  private final Map<PeerId, Member> members = new HashMap<>();
  private final Map<Bytes, Member> byResume = new HashMap<>();
  private final Map<PeerKind, IndexedSet<Member>> byKind = new EnumMap<>(PeerKind.class);
  private final Map<String, IndexedSet<Member>> byPage = new HashMap<>();
  private final Map<AppId, IndexedSet<Member>> byApp = new LinkedHashMap<>();

  void enter(Member member) {
    members.put(member.peer(), member);
    byResume.put(member.description().resume(), member);
    ofKind(member.kind()).add(member);
    list(byPage, member.page(), member);
  }

  /** The member's own sets stay as they are, for a resumed session. */
  void exit(Member member) {
    members.remove(member.peer());
    byResume.remove(member.description().resume());
    ofKind(member.kind()).remove(member);
    unlist(byPage, member.page(), member);
    member.runs().forEach(app -> unlist(byApp, app, member));
  }

  void turn(Member member, String page) {
    unlist(byPage, member.page(), member);
    member.turnTo(page);
    list(byPage, page, member);
  }

  /** False where it ran already. */
  boolean start(Member member, AppId app) {
    list(byApp, app, member);
    return member.runs().add(app);
  }

  /** False where it did not run. */
  boolean stop(Member member, AppId app) {
    unlist(byApp, app, member);
    return member.runs().remove(app);
  }

  Optional<Member> find(PeerId peer) {
    return Optional.ofNullable(members.get(peer));
  }

  Optional<Member> findByResume(Bytes resume) {
    return Optional.ofNullable(byResume.get(resume));
  }

  List<Member> all(PeerKind kind) {
    return ofKind(kind).all();
  }

  int count(PeerKind kind) {
    return ofKind(kind).size();
  }

  List<Member> sample(PeerKind kind, int limit, RandomGenerator random) {
    return ofKind(kind).sample(limit, random);
  }

  List<Member> onPage(String page, int limit, RandomGenerator random) {
    IndexedSet<Member> there = page.isEmpty() ? null : byPage.get(page);
    return there == null ? List.of() : there.sample(limit, random);
  }

  List<Member> running(AppId app, int limit, RandomGenerator random) {
    IndexedSet<Member> runners = byApp.get(app);
    return runners == null ? List.of() : runners.sample(limit, random);
  }

  /** Proxies, then workers, then visitors, up to the bound. */
  List<Census.Present> some() {
    return Stream.of(PeerKind.PROXY, PeerKind.WORKER, PeerKind.VISITOR)
        .flatMap(kind -> ofKind(kind).all().stream())
        .limit(SHOWN)
        .map(
            member ->
                new Census.Present(
                    member.peer(), member.kind(), member.holdings().size(), member.runs().size()))
        .toList();
  }

  List<Census.App> apps() {
    return byApp.entrySet().stream()
        .map(
            entry ->
                new Census.App(
                    entry.getKey(), entry.getValue().all().stream().map(Member::peer).toList()))
        .toList();
  }

  private IndexedSet<Member> ofKind(PeerKind kind) {
    return byKind.computeIfAbsent(kind, key -> new IndexedSet<>());
  }

  private static <K> void list(Map<K, IndexedSet<Member>> index, K key, Member member) {
    index.computeIfAbsent(key, absent -> new IndexedSet<>()).add(member);
  }

  private static <K> void unlist(Map<K, IndexedSet<Member>> index, K key, Member member) {
    IndexedSet<Member> present = index.get(key);
    if (present != null && present.remove(member) && present.isEmpty()) {
      index.remove(key);
    }
  }
}
