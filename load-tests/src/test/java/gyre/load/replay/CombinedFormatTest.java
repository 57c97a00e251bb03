package gyre.load.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CombinedFormatTest {
  private static final String LINE =
      "192.0.2.7 - - [21/Nov/2026:03:57:05 +0100] \"GET /a.jpg?x=1 HTTP/1.1\" 200 2326"
          + " \"https://site.example/\" \"Mozilla/5.0 (X11)\"";

  @Test
  void aLineBecomesARequestOfOneVisitor() {
    assertEquals(
        new LogLine.Entry(
            Instant.parse("2026-11-21T02:57:05Z"),
            "192.0.2.7 Mozilla/5.0 (X11)",
            "GET",
            "/a.jpg?x=1",
            200,
            "https://site.example/"),
        CombinedFormat.parse(LINE));
  }

  @Test
  void aQuoteInsideTheAgentIsEscaped() {
    LogLine line = CombinedFormat.parse(LINE.replace("(X11)", "\\\"X11\\\""));
    assertEquals(
        "192.0.2.7 Mozilla/5.0 \"X11\"", assertInstanceOf(LogLine.Entry.class, line).visitor());
  }

  @Test
  void onlySuccessfulGetsArePlayed() {
    assertTrue(entry(LINE).isPlayable());
    assertTrue(entry(LINE.replace(" 200 ", " 304 ")).isPlayable());
    assertFalse(entry(LINE.replace("GET", "POST")).isPlayable());
    assertFalse(entry(LINE.replace(" 200 ", " 404 ")).isPlayable());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "192.0.2.7",
        "192.0.2.7 - - [yesterday] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"",
        "192.0.2.7 - - [21/Nov/2026:03:57:05 +0100] \"GET\" 200 1 \"-\" \"-\"",
        "192.0.2.7 - - [21/Nov/2026:03:57:05 +0100] \"GET http://x/ HTTP/1.1\" 200 1 \"-\" \"-\"",
        "192.0.2.7 - - [21/Nov/2026:03:57:05 +0100] \"GET / HTTP/1.1\" ok 1 \"-\" \"-\"",
        "192.0.2.7 - - [21/Nov/2026:03:57:05 +0100] \"GET / HTTP/1.1\" 200 1 \"-\" \"never closed"
      })
  void aLineOfAnotherFormIsMalformed(String line) {
    assertInstanceOf(LogLine.Malformed.class, CombinedFormat.parse(line));
  }

  @Property
  void anyTextIsAnEntryOrMalformedAndNothingElse(@ForAll String text) {
    assertInstanceOf(LogLine.class, CombinedFormat.parse(text));
  }

  @Test
  void anEndlessLineIsOneMalformedLineAndTheNextIsRead() throws IOException {
    try (LogLines lines = new LogLines(new StringReader("x".repeat(100_000) + "\n" + LINE))) {
      List<LogLine> read = new ArrayList<>();
      for (Optional<LogLine> line = lines.next(); line.isPresent(); line = lines.next()) {
        read.add(line.get());
      }
      assertEquals(2, read.size());
      assertInstanceOf(LogLine.Malformed.class, read.get(0));
      assertInstanceOf(LogLine.Entry.class, read.get(1));
    }
  }

  private static LogLine.Entry entry(String line) {
    return assertInstanceOf(LogLine.Entry.class, CombinedFormat.parse(line));
  }
}
