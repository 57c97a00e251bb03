package gyre.proxy.publication;

import gyre.wire.Bytes;
import gyre.wire.KeyId;
import gyre.wire.codec.DecodeException;
import gyre.wire.key.SigningKey;
import gyre.wire.manifest.ChunkList;
import gyre.wire.manifest.ManifestCodec;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Site keys, generations and manifests over JDBC. Reading waits for it, writing does not. */
final class PublicationStore implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PublicationStore.class);

  private final Database database;

  private PublicationStore(Database database) {
    this.database = database;
  }

  static PublicationStore open(Path file) throws IOException, SQLException {
    Database database = Database.sqlite(file);
    boolean ready = false;
    try {
      database.call(Schema::upgrade);
      ready = true;
      return new PublicationStore(database);
    } finally {
      if (!ready) {
        database.close();
      }
    }
  }

  /** The keys of a site that are not forgotten, oldest first. */
  List<SiteKey> keys(String site) throws SQLException {
    return database.call(
        connection -> {
          try (PreparedStatement query =
              connection.prepareStatement(
                  "SELECT private_key, published, signs_from, retired FROM site_key"
                      + " WHERE site = ? ORDER BY signs_from")) {
            query.setString(1, site);
            try (ResultSet row = query.executeQuery()) {
              List<SiteKey> keys = new ArrayList<>();
              while (row.next()) {
                keys.add(key(row));
              }
              return keys;
            }
          }
        });
  }

  private static SiteKey key(ResultSet row) throws SQLException {
    long millis = row.getLong(4);
    Optional<Instant> retired =
        row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
    return new SiteKey(
        SigningKey.decode(row.getBytes(1)),
        Instant.ofEpochMilli(row.getLong(2)),
        Instant.ofEpochMilli(row.getLong(3)),
        retired);
  }

  /** Stores a new key before anybody sees it: waits until it is safe. */
  void addKey(String site, SiteKey key) throws SQLException {
    database.call(
        connection -> {
          try (PreparedStatement insert =
              connection.prepareStatement(
                  "INSERT INTO site_key (site, id, private_key, published, signs_from, retired)"
                      + " VALUES (?, ?, ?, ?, ?, NULL)")) {
            insert.setString(1, site);
            insert.setString(2, key.id().toString());
            insert.setBytes(3, key.key().encode());
            insert.setLong(4, key.published().toEpochMilli());
            insert.setLong(5, key.signsFrom().toEpochMilli());
            return insert.executeUpdate();
          }
        });
  }

  /** Another key signs in its place. */
  void retireKey(String site, KeyId key, Instant now) throws SQLException {
    database.call(
        connection -> {
          try (PreparedStatement update =
              connection.prepareStatement(
                  "UPDATE site_key SET retired = ? WHERE site = ? AND id = ?")) {
            update.setLong(1, now.toEpochMilli());
            update.setString(2, site);
            update.setString(3, key.toString());
            return update.executeUpdate();
          }
        });
  }

  /** Nothing that it signed counts any more. */
  void removeKey(String site, KeyId key) throws SQLException {
    database.call(
        connection ->
            delete(
                connection,
                "DELETE FROM site_key WHERE site = ? AND id = ?",
                site,
                key.toString()));
  }

  long generation(String site) throws SQLException {
    return database.call(
        connection -> {
          try (PreparedStatement query =
              connection.prepareStatement(
                  "SELECT generation FROM site_generation WHERE site = ?")) {
            query.setString(1, site);
            try (ResultSet row = query.executeQuery()) {
              return row.next() ? row.getLong(1) : 0L;
            }
          }
        });
  }

  /** Waits until it is safe: a generation once told must never be lower again. */
  void setGeneration(String site, long generation) throws SQLException {
    database.call(
        connection -> {
          delete(connection, "DELETE FROM site_generation WHERE site = ?", site);
          try (PreparedStatement insert =
              connection.prepareStatement(
                  "INSERT INTO site_generation (site, generation) VALUES (?, ?)")) {
            insert.setString(1, site);
            insert.setLong(2, generation);
            return insert.executeUpdate();
          }
        });
  }

  /**
   * The manifests of a site whose representation is still fresh, {@code most} at most, longest
   * fresh last. All others are removed.
   */
  List<Published> manifests(String site, Instant now, int most) throws SQLException {
    return database.call(
        connection -> {
          deleteStale(connection, site, now);
          deleteBeyond(connection, site, most);
          try (PreparedStatement query =
              connection.prepareStatement(
                  "SELECT encoded, hashes, size, fresh_until FROM manifest WHERE site = ?"
                      + " ORDER BY fresh_until LIMIT ?")) {
            query.setString(1, site);
            query.setInt(2, most);
            try (ResultSet row = query.executeQuery()) {
              List<Published> entries = new ArrayList<>();
              while (row.next()) {
                entry(row).ifPresent(entries::add);
              }
              return entries;
            }
          }
        });
  }

  private static int deleteStale(Connection connection, String site, Instant now)
      throws SQLException {
    try (PreparedStatement stale =
        connection.prepareStatement("DELETE FROM manifest WHERE site = ? AND fresh_until <= ?")) {
      stale.setString(1, site);
      stale.setLong(2, now.toEpochMilli());
      return stale.executeUpdate();
    }
  }

  /** Leaves the {@code most} that are fresh for longest. */
  private static void deleteBeyond(Connection connection, String site, int most)
      throws SQLException {
    try (PreparedStatement beyond =
        connection.prepareStatement(
            "DELETE FROM manifest WHERE site = ? AND resource IN (SELECT resource FROM manifest"
                + " WHERE site = ? ORDER BY fresh_until DESC LIMIT ? OFFSET ?)")) {
      beyond.setString(1, site);
      beyond.setString(2, site);
      beyond.setInt(3, Integer.MAX_VALUE);
      beyond.setInt(4, most);
      beyond.executeUpdate();
    }
  }

  private static Optional<Published> entry(ResultSet row) throws SQLException {
    try {
      return Optional.of(
          new Published(
              ManifestCodec.decode(Bytes.owning(row.getBytes(1))),
              new ChunkList(row.getLong(3), Bytes.owning(row.getBytes(2))),
              Instant.ofEpochMilli(row.getLong(4))));
    } catch (DecodeException | IllegalArgumentException e) {
      LOG.warn("a stored manifest cannot be read and is left out: {}", e.getMessage());
      return Optional.empty();
    }
  }

  void put(Published entry) {
    String site = entry.signed().manifest().site();
    String resource = entry.signed().manifest().resource();
    database.later(
        "the manifest of " + resource,
        connection -> {
          delete(
              connection, "DELETE FROM manifest WHERE site = ? AND resource = ?", site, resource);
          try (PreparedStatement insert =
              connection.prepareStatement(
                  "INSERT INTO manifest"
                      + " (site, resource, digest, encoded, hashes, size, fresh_until)"
                      + " VALUES (?, ?, ?, ?, ?, ?, ?)")) {
            insert.setString(1, site);
            insert.setString(2, resource);
            insert.setString(3, entry.signed().manifest().digest().toString());
            insert.setBytes(4, entry.signed().encoded().toArray());
            insert.setBytes(5, entry.chunks().hashes().toArray());
            insert.setLong(6, entry.chunks().size());
            insert.setLong(7, entry.freshUntil().toEpochMilli());
            return insert.executeUpdate();
          }
        });
  }

  void remove(String site, String resource) {
    database.later(
        "the withdrawal of " + resource,
        connection ->
            delete(
                connection,
                "DELETE FROM manifest WHERE site = ? AND resource = ?",
                site,
                resource));
  }

  /** The manifests whose representation is no longer fresh. */
  void removeStale(String site, Instant now) {
    database.later("the end of stale manifests", connection -> deleteStale(connection, site, now));
  }

  private static int delete(Connection connection, String sql, String... values)
      throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        delete.setString(i + 1, values[i]);
      }
      return delete.executeUpdate();
    }
  }

  @Override
  public void close() {
    database.close();
  }
}
