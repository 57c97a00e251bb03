package gyre.load.system;

import gyre.load.visitor.Visitor;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What a visitor's store holds now, read from its IndexedDB itself. */
final class PeerStore {
  private static final String KEYS =
      """
      new Promise((resolve, reject) => {
        const opening = indexedDB.open('gyre');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const database = opening.result;
          const keys = database.transaction(arguments[0]).objectStore(arguments[0]).getAllKeys();
          keys.onsuccess = () => { database.close(); resolve(keys.result.map(String)); };
        };
      })
      """;

  private static final String GENERATION =
      """
      new Promise((resolve, reject) => {
        const opening = indexedDB.open('gyre');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const database = opening.result;
          const asked = database.transaction('numbers').objectStore('numbers').get('generation');
          asked.onsuccess = () => { database.close(); resolve(asked.result ?? 0); };
        };
      })
      """;

  private PeerStore() {}

  /** The resources whose manifests it keeps, as PROTOCOL.md writes them. */
  static Set<String> resources(Visitor visitor) {
    return keys(visitor, "manifests");
  }

  /** The same, without the host: of whatever host. */
  static Set<String> paths(Visitor visitor) {
    Set<String> paths = new TreeSet<>();
    resources(visitor).forEach(resource -> paths.add(resource.replaceFirst("^//[^/]*", "")));
    return paths;
  }

  /** The digests of which it has chunks. */
  static Set<String> digests(Visitor visitor) {
    return keys(visitor, "holdings");
  }

  /** The highest generation of a manifest that it has seen. */
  static int generation(Visitor visitor) {
    return ((Number) visitor.value(GENERATION).orElseThrow()).intValue();
  }

  private static Set<String> keys(Visitor visitor, String objectStore) {
    Set<String> keys = new TreeSet<>();
    if (visitor.value(KEYS, objectStore).orElseThrow() instanceof List<?> found) {
      found.forEach(key -> keys.add(key.toString()));
    }
    return keys;
  }
}
