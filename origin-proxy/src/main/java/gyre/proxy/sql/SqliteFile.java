package gyre.proxy.sql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** A connection to a file of SQLite, for one platform thread: its calls would pin virtual ones. */
public final class SqliteFile {
  private SqliteFile() {}

  /**
   * Opens the file, made with mode 600 where there is none. What is committed outlives the process;
   * a loss of power may take the last commits.
   */
  public static Connection open(Path file) throws IOException, SQLException {
    if (!Files.exists(file)) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    boolean ready = false;
    try (var statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA synchronous = NORMAL");
      statement.execute("PRAGMA secure_delete = ON"); // what is forgotten leaves no copy behind
      statement.execute("PRAGMA busy_timeout = 5000");
      connection.setAutoCommit(false);
      ready = true;
      return connection;
    } finally {
      if (!ready) {
        connection.close();
      }
    }
  }

  /**
   * Undoes what work that failed has done. SQLite may have undone it already, as where the disk is
   * full; the failure that counts stays {@code why}.
   */
  public static void undo(Connection connection, Throwable why) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      why.addSuppressed(e);
    }
  }
}
