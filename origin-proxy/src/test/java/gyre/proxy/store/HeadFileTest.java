package gyre.proxy.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gyre.proxy.cache.ContentName;
import gyre.proxy.cache.Messages;
import gyre.proxy.cache.StoredResponse;
import gyre.proxy.message.Request;
import gyre.wire.Bytes;
import gyre.wire.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeadFileTest {
  @TempDir private Path folder;

  private final List<StoredResponse> variants =
      List.of(
          stored("accept-language: de", "vary: accept-language; etag: \"ü\""),
          stored("accept-language: fr", "vary: accept-language; cache-control: max-age=3"));

  @Test
  void whatWasWrittenIsReadByTheNextProcess() throws IOException {
    try (HeadFile file = HeadFile.open(folder)) {
      file.changed("http://a/1", variants);
      file.changed("http://a/2", variants.subList(0, 1));
      file.changed("http://a/2", variants.subList(1, 2));
      file.changed("http://a/3", variants);
      file.settle();
      file.changed("http://a/3", List.of());
    }
    assertEquals(Map.of("http://a/1", variants, "http://a/2", variants.subList(1, 2)), read());
  }

  @Test
  void whatIsSettledOutlivesTheProcess() throws IOException {
    try (HeadFile file = HeadFile.open(folder)) {
      file.changed("http://a/1", variants);
      file.settle();
      assertEquals(Map.of("http://a/1", variants), read());
      file.changed("http://a/1", List.of());
      file.sync();
      assertEquals(Map.of(), read());
    }
  }

  @Test
  void whatComesAfterAnEmptyingIsKept() throws IOException {
    try (HeadFile file = HeadFile.open(folder)) {
      file.changed("http://a/1", variants);
      file.settle();
      file.changed("http://a/2", variants);
      file.emptied();
      file.changed("http://a/3", variants);
    }
    assertEquals(Map.of("http://a/3", variants), read());
  }

  @Test
  void aFileThatIsNoDatabaseBeginsAnew() throws IOException {
    Files.writeString(folder.resolve("heads.db"), "no database ".repeat(1000));
    try (HeadFile file = HeadFile.open(folder)) {
      file.changed("http://a/1", variants);
    }
    assertEquals(Map.of("http://a/1", variants), read());
  }

  private Map<String, List<StoredResponse>> read() throws IOException {
    Map<String, List<StoredResponse>> all = new HashMap<>();
    try (HeadFile file = HeadFile.open(folder)) {
      file.load(all::put);
    }
    return all;
  }

  private static StoredResponse stored(String request, String headers) {
    Request asked = Messages.get(request);
    return StoredResponse.of(
        asked,
        200,
        Messages.headers(headers),
        new ContentName("site", new Digest(Bytes.owning(new byte[32]))),
        Messages.NOW,
        Messages.NOW);
  }
}
