package gyre.proxy.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.cache.Selection;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Response;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ByteRangesTest {
  private static final String CONTENT = "0123456789";
  private static final List<Selection.Partial> PARTS =
      List.of(new Selection.Partial(5, 6, 10), new Selection.Partial(0, 1, 10));

  private static ByteRanges ranges(Optional<String> type) {
    return new ByteRanges(
        PARTS,
        type,
        part -> Body.of(CONTENT.substring((int) part.from(), (int) part.to() + 1).getBytes(UTF_8)));
  }

  @Test
  void partsStandInTheOrderTheyWereAskedForEachWithItsPlace() throws Exception {
    ByteRanges ranges = ranges(Optional.of("text/plain"));
    String boundary = ranges.type().replace("multipart/byteranges; boundary=", "");
    long length = ranges.length().getAsLong();
    String body = FlowFixture.read(new Response(206, Headers.EMPTY, ranges)).body();
    assertEquals(
        """

        --B
        Content-Type: text/plain
        Content-Range: bytes 5-6/10

        56
        --B
        Content-Type: text/plain
        Content-Range: bytes 0-1/10

        01
        --B--
        """,
        body.replace(boundary, "B").replace("\r\n", "\n"));
    assertEquals(length, body.length());
  }

  @Test
  void contentWithoutATypeHasPartsWithoutOne() throws Exception {
    String body =
        FlowFixture.read(new Response(206, Headers.EMPTY, ranges(Optional.empty()))).body();
    assertFalse(body.contains("Content-Type"));
    assertTrue(body.contains("\r\nContent-Range: bytes 0-1/10\r\n\r\n01\r\n"));
  }
}
