package gyre.proxy.store;

import gyre.proxy.cache.HeadJournal;
import gyre.proxy.cache.StoredResponse;
import gyre.proxy.sql.SqliteFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The heads of stored responses in SQLite, {@code data/cache/heads.db}: one row for each key,
 * written a moment later, many in one transaction, by the thread {@code gyre-heads}. Of a key that
 * changes again meanwhile the last state counts.
 */
public final class HeadFile implements HeadJournal, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HeadFile.class);
  private static final int DELAY_MILLIS = 100;
  private static final int RETRY_MILLIS = 5_000;
  private static final int PATIENCE_SECONDS = 10;

  /** Keys that wait at most; beyond that everything written is given up. */
  private static final int WAITING = 200_000;

  private final Connection connection;
  private final Complaints complaints = new Complaints(LOG);
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("gyre-heads").factory());

  private Waiting waiting = new Waiting();
  private boolean isScheduled;

  /** What is to be written; {@code isEmptied}: after everything else was deleted. */
  private static final class Waiting {
    private final Map<String, List<StoredResponse>> heads = new LinkedHashMap<>();
    private boolean isEmptied;

    private void clear() {
      heads.clear();
      isEmptied = true;
    }

    /** What was to be written before, where nothing came after it. */
    private void addBefore(Waiting earlier) {
      if (!isEmptied) {
        earlier.heads.forEach(heads::putIfAbsent);
        isEmptied = earlier.isEmptied;
      }
    }
  }

  private HeadFile(Connection connection) {
    this.connection = connection;
  }

  /** Opens the file in this folder; one that cannot be used, or has another format, begins anew. */
  public static HeadFile open(Path folder) throws IOException {
    Path file = folder.resolve("heads.db");
    try {
      return new HeadFile(connect(file));
    } catch (SQLException e) {
      LOG.warn("{} is made anew: {}", file, e.getMessage());
    }
    forget(folder);
    try {
      return new HeadFile(connect(file));
    } catch (SQLException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Removes the file: what it knows must not come back when the disk is used again. */
  public static void forget(Path folder) throws IOException {
    for (String name : List.of("heads.db", "heads.db-wal", "heads.db-shm")) {
      Files.deleteIfExists(folder.resolve(name));
    }
  }

  private static Connection connect(Path file) throws IOException, SQLException {
    Connection connection = SqliteFile.open(file);
    boolean ready = false;
    try (Statement statement = connection.createStatement()) {
      if (version(statement) != HeadCodec.VERSION) {
        statement.execute("DROP TABLE IF EXISTS head");
        statement.execute("CREATE TABLE head (key TEXT PRIMARY KEY, variants BLOB) WITHOUT ROWID");
        statement.execute("PRAGMA user_version = " + HeadCodec.VERSION);
      }
      connection.commit();
      ready = true;
      return connection;
    } finally {
      if (!ready) {
        connection.close();
      }
    }
  }

  private static int version(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("PRAGMA user_version")) {
      return row.next() ? row.getInt(1) : 0;
    }
  }

  /** Tells what an earlier process has written. Waits; what cannot be read is left out. */
  public void load(BiConsumer<String, List<StoredResponse>> found) throws IOException {
    onThread(
        Long.MAX_VALUE,
        () -> {
          try (Statement query = connection.createStatement();
              ResultSet row = query.executeQuery("SELECT key, variants FROM head")) {
            while (row.next()) {
              tell(row.getString(1), row.getBytes(2), found);
            }
          } finally {
            connection.rollback();
          }
        });
  }

  private void tell(String key, byte[] bytes, BiConsumer<String, List<StoredResponse>> found) {
    try {
      found.accept(key, HeadCodec.decode(bytes));
    } catch (IOException e) {
      complaints.tell("a stored head cannot be read", e);
      changed(key, List.of());
    }
  }

  @Override
  public synchronized void changed(String key, List<StoredResponse> variants) {
    waiting.heads.put(key, variants);
    if (waiting.heads.size() > WAITING) {
      waiting.clear();
    }
    schedule(DELAY_MILLIS);
  }

  @Override
  public synchronized void emptied() {
    waiting.clear();
    schedule(0);
  }

  private synchronized void schedule(int millis) {
    if (!isScheduled) {
      try {
        var _ = thread.schedule(this::write, millis, TimeUnit.MILLISECONDS);
        isScheduled = true;
      } catch (RejectedExecutionException e) {
        LOG.debug("the file of heads is closed", e);
      }
    }
  }

  private void write() {
    taken();
    try {
      writeAll();
    } catch (SQLException e) {
      complaints.tell("heads of stored responses are not written", e);
      schedule(RETRY_MILLIS);
    }
  }

  private synchronized void taken() {
    isScheduled = false;
  }

  private synchronized Waiting take() {
    Waiting taken = waiting;
    waiting = new Waiting();
    return taken;
  }

  private synchronized void giveBack(Waiting taken) {
    waiting.addBefore(taken);
  }

  private void writeAll() throws SQLException {
    Waiting taken = take();
    try {
      if (taken.isEmptied) {
        try (Statement statement = connection.createStatement()) {
          statement.execute("DELETE FROM head");
        }
      }
      rows(taken.heads);
      connection.commit();
    } catch (SQLException | RuntimeException | Error e) {
      giveBack(taken);
      SqliteFile.undo(connection, e);
      throw e;
    }
  }

  private void rows(Map<String, List<StoredResponse>> heads) throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement("DELETE FROM head WHERE key = ?");
        PreparedStatement replace =
            connection.prepareStatement("REPLACE INTO head (key, variants) VALUES (?, ?)")) {
      for (Map.Entry<String, List<StoredResponse>> head : heads.entrySet()) {
        if (head.getValue().isEmpty()) {
          delete.setString(1, head.getKey());
          delete.executeUpdate();
        } else {
          replace.setString(1, head.getKey());
          replace.setBytes(2, HeadCodec.encode(head.getValue()));
          replace.executeUpdate();
        }
      }
    }
  }

  @Override
  public void settle() throws IOException {
    onThread(PATIENCE_SECONDS, this::writeAll);
  }

  @Override
  public void sync() throws IOException {
    onThread(
        PATIENCE_SECONDS,
        () -> {
          writeAll();
          try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA wal_checkpoint(FULL)");
          } finally {
            connection.rollback();
          }
        });
  }

  /** What is done by the thread that owns the connection. */
  @FunctionalInterface
  private interface Work {
    void run() throws SQLException;
  }

  private void onThread(long seconds, Work work) throws IOException {
    try {
      thread
          .submit(
              () -> {
                work.run();
                return true;
              })
          .get(seconds, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
      throw new IOException("heads of stored responses are not written or read: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for the file of heads", e);
    }
  }

  /** Writes what waits, for ten seconds at most. */
  @Override
  public void close() {
    try {
      sync();
      thread.shutdown();
      if (thread.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        connection.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | SQLException e) {
      complaints.tell("the file of heads is not closed cleanly", e);
    } finally {
      thread.shutdownNow();
    }
  }
}
