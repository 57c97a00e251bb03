package gyre.proxy.coding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.message.Headers;
import gyre.wire.Limits;
import java.util.List;
import org.junit.jupiter.api.Test;

class CodedTagTest {
  @Test
  void theSiteIsAskedAboutItsOwnTagsToo() {
    Headers asked =
        CodedTag.withOriginals(
            Headers.of("if-none-match", "\"a~br\", W/\"b~zstd\", \"c\"", "if-match", "\"d\""));
    assertEquals(
        List.of("\"a~br\", W/\"b~zstd\", \"c\"", "\"a\", \"b\""), asked.all("if-none-match"));
    assertEquals(List.of("\"d\""), asked.all("if-match"));
  }

  /** One field for each tag would be thousands, and each a copy of those before it. */
  @Test
  void aLineFullOfTagsBecomesOneLineWithinTheLimits() {
    String tags = "\"~br\"".repeat(Limits.HEADER_VALUE / 5);
    List<String> lines =
        CodedTag.withOriginals(Headers.of("if-none-match", tags)).all("if-none-match");
    assertEquals(2, lines.size());
    assertTrue(lines.get(1).length() < tags.length());
  }
}
