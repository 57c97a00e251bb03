package gyre.proxy.publication;

import gyre.wire.key.SigningKey;
import gyre.wire.key.VerifyingKey;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signing keys of one site in their turn (DESIGN, section 6): told one longest manifest
 * lifetime before they sign, told for one such lifetime after the next one signs in their place,
 * then forgotten, here and in the store. Owned by {@link SitePublication}, whose lock guards it.
 */
final class SiteKeys {
  private static final Logger log = LoggerFactory.getLogger(SiteKeys.class);

  private final String site;
  private final PublicationStore store;
  private final Duration rotation;
  private final List<SiteKey> keys;

  /** The stored keys, oldest first; a site without one gets its first. */
  SiteKeys(String site, PublicationStore store, Duration rotation, Instant now)
      throws SQLException {
    this.site = site;
    this.store = store;
    this.rotation = rotation;
    this.keys = new ArrayList<>(store.keys(site));
    if (keys.stream().noneMatch(key -> key.signs(now))) {
      add(SiteKey.first(SigningKey.generate(), now));
    }
  }

  private void add(SiteKey key) throws SQLException {
    store.addKey(site, key);
    keys.add(key);
  }

  /** The one that signs now: the newest whose time has come. */
  SiteKey signing(Instant now) {
    return keys.stream()
        .filter(key -> key.signs(now))
        .reduce((older, newer) -> newer)
        .orElseThrow(() -> new IllegalStateException("no key of " + site + " signs"));
  }

  /** Those by which visitors check manifests. */
  List<VerifyingKey> told(Instant now) {
    return keys.stream()
        .filter(key -> key.isTold(now))
        .map(key -> key.key().verifyingKey())
        .toList();
  }

  /** Does what is due: a new key, the end of an old one. */
  void turn(Instant now) throws SQLException {
    SiteKey newest = keys.getLast();
    if (!now.isBefore(newest.signsFrom().plus(rotation))) {
      rotate(now);
    }
    retire(now);
    for (SiteKey key : List.copyOf(keys)) {
      if (!key.isTold(now)) {
        store.removeKey(site, key.id());
        keys.remove(key);
        log.info("{}: key {} is forgotten", site, key.id());
      }
    }
  }

  private void retire(Instant now) throws SQLException {
    SiteKey signing = signing(now);
    for (int i = 0; i < keys.size(); i++) {
      SiteKey key = keys.get(i);
      if (key.signs(now) && !key.equals(signing)) {
        SiteKey retired = key.retiredAt(now);
        store.retireKey(site, retired.id(), now);
        keys.set(i, retired);
      }
    }
  }

  /** Adds a key that will sign once everybody can know it; nothing where one waits already. */
  void rotate(Instant now) throws SQLException {
    if (keys.stream().allMatch(key -> !key.signsFrom().isAfter(now))) {
      SiteKey next = SiteKey.next(SigningKey.generate(), now);
      add(next);
      log.info("{}: key {} will sign from {}", site, next.id(), next.signsFrom());
    }
  }
}
