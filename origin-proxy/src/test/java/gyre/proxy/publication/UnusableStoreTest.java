package gyre.proxy.publication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.start.StartFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that cannot be used ends the start with one line that says where and what to do. */
class UnusableStoreTest {
  @TempDir Path data;
  private Path file;

  @BeforeEach
  void name() {
    file = data.resolve("publication.db");
  }

  private Publications open() {
    return Publications.open(data, List.of("example"), Duration.ofDays(30), InstantSource.system());
  }

  private String failure() {
    String message = assertThrows(StartFailure.class, this::open).getMessage();
    assertTrue(message.startsWith(file + ": cannot be used ("), message);
    assertTrue(message.contains("see to free space"), message);
    assertEquals(1, message.lines().count());
    return message;
  }

  private void execute(String sql) throws Exception {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void aFileThatIsNoDatabase() throws Exception {
    Files.writeString(file, "not a database".repeat(100));
    failure();
  }

  @Test
  void aStoreOfALaterVersion() throws Exception {
    open().close();
    execute("UPDATE schema_version SET version = 1000");
    assertTrue(failure().contains("version 1000"));
  }

  @Test
  void aFolderWhereTheFileOughtToBe() throws Exception {
    Files.createDirectory(file);
    failure();
  }

  @Test
  void aDataFolderThatIsNotThere() throws Exception {
    data = data.resolve("missing");
    name();
    failure();
  }
}
