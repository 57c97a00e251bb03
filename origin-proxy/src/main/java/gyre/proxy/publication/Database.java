package gyre.proxy.publication;

import gyre.proxy.log.RationedLog;
import gyre.proxy.sql.SqliteFile;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One JDBC connection and the named platform thread {@code publication-sql} that alone uses it:
 * SQLite's native calls would pin virtual threads. At most {@link #QUEUE} statements wait.
 */
final class Database implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Database.class);
  private static final RationedLog RATIONED = new RationedLog(LOG);
  private static final int QUEUE = 10_000;

  private final Connection connection;
  private final ThreadPoolExecutor thread =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(QUEUE),
          Thread.ofPlatform().daemon().name("publication-sql").factory());

  /** What is done with the connection, in one transaction. */
  @FunctionalInterface
  interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  private Database(Connection connection) {
    this.connection = connection;
  }

  /** The SQLite file of that name. */
  static Database sqlite(Path file) throws IOException, SQLException {
    return new Database(SqliteFile.open(file));
  }

  /** Does it on the database's thread and waits for the result. */
  <T> T call(Work<T> work) throws SQLException {
    try {
      return thread.submit((Callable<T>) () -> transaction(work)).get();
    } catch (ExecutionException e) {
      throw new SQLException("the publication store failed: " + e.getCause().getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted while waiting for the publication store", e);
    }
  }

  /** Does it later; a failure is told in the log, for memory is what answers meanwhile. */
  void later(String what, Work<?> work) {
    try {
      thread.execute(
          () -> {
            try {
              transaction(work);
            } catch (SQLException e) {
              RATIONED.warn("{} was not stored: {}", what, e.toString());
            }
          });
    } catch (RejectedExecutionException e) {
      RATIONED.warn(
          "{} was not stored: {} statements wait already, or the store is closed", what, QUEUE);
    }
  }

  private <T> T transaction(Work<T> work) throws SQLException {
    try {
      T result = work.on(connection);
      connection.commit();
      return result;
    } catch (SQLException | RuntimeException | Error e) {
      SqliteFile.undo(connection, e);
      throw e;
    }
  }

  /** Finishes what waits, for at most ten seconds, and closes the connection. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.error("the publication store is closed with statements unfinished");
      }
      connection.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (SQLException e) {
      LOG.error("the publication store cannot be closed", e);
    }
  }
}
