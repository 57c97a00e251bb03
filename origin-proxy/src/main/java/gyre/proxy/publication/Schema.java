package gyre.proxy.publication;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The tables of the publication store and how they came to be, step by step. The statements fit
 * SQLite and PostgreSQL alike but for the type of bytes.
 */
final class Schema {
  /** Each entry takes the schema from one version to the next; entries are never changed. */
  private static final List<List<String>> STEPS =
      List.of(
          List.of(
              "CREATE TABLE site_key (site VARCHAR(64) NOT NULL, id VARCHAR(16) NOT NULL,"
                  + " private_key BLOB NOT NULL, published BIGINT NOT NULL,"
                  + " signs_from BIGINT NOT NULL, retired BIGINT, PRIMARY KEY (site, id))",
              "CREATE TABLE site_generation (site VARCHAR(64) NOT NULL PRIMARY KEY,"
                  + " generation BIGINT NOT NULL)",
              "CREATE TABLE manifest (site VARCHAR(64) NOT NULL, resource VARCHAR(2048) NOT NULL,"
                  + " digest VARCHAR(43) NOT NULL, encoded BLOB NOT NULL, hashes BLOB NOT NULL,"
                  + " size BIGINT NOT NULL, fresh_until BIGINT NOT NULL,"
                  + " PRIMARY KEY (site, resource))"),
          List.of("CREATE INDEX manifest_fresh ON manifest (site, fresh_until)"));

  private Schema() {}

  /** Brings the schema to this program's version; refuses one that a later program made. */
  static int upgrade(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)");
      int version = version(statement);
      if (version > STEPS.size()) {
        throw new SQLException(
            "the store has version " + version + ", this program knows " + STEPS.size());
      }
      for (int i = version; i < STEPS.size(); i++) {
        for (String step : STEPS.get(i)) {
          statement.execute(step);
        }
      }
      statement.execute("DELETE FROM schema_version");
      statement.execute("INSERT INTO schema_version VALUES (" + STEPS.size() + ")");
    }
    return STEPS.size();
  }

  private static int version(Statement statement) throws SQLException {
    try (ResultSet found = statement.executeQuery("SELECT version FROM schema_version")) {
      return found.next() ? found.getInt(1) : 0;
    }
  }
}
