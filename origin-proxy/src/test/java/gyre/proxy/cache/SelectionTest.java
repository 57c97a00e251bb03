package gyre.proxy.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gyre.proxy.message.Headers;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelectionTest {
  private static final Headers RESPONSE =
      Headers.of("etag", "\"x\"", "last-modified", "Sat, 21 Nov 2026 10:00:00 GMT");

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      quoteCharacter = '`',
      textBlock =
          """
          range: bytes=0-9,                                          0-9
          range: bytes=90-200,                                       90-99
          range: bytes=90-,                                          90-99
          range: bytes=-10,                                          90-99
          range: bytes=-1000,                                        0-99
          range: bytes=0-0,                                          0-0
          range: bytes=100-,                                         unsatisfiable
          range: bytes=-0,                                           unsatisfiable
          range: bytes=9-8,                                          full
          range: bytes=-,                                            full
          range: bytes=a-b,                                          full
          range: chunks=0-9,                                         full
          `range: bytes=0-1,3-4`,                                    0-1 3-4
          `range: bytes=5-6, 0-1`,                                   5-6 0-1
          `range: bytes=0-1,2-4,-1`,                                 0-4 99-99
          `range: bytes=0-9,5-14`,                                   0-14
          `range: bytes=0-1,100-`,                                   0-1
          `range: bytes=100-,-0`,                                    unsatisfiable
          `range: bytes=0-1,`,                                       full
          `range: bytes=0-1,4-3`,                                    full
          `range: bytes=0-,0-,0-,0-`,                                full
          `range: bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16,18-18,20-20,22-22,24-24,26-26,28-28,30-30,32-32`, full
          range: bytes=0-9; if-range: "x",                           0-9
          range: bytes=0-9; if-range: "y",                           full
          range: bytes=0-9; if-range: W/"x",                         full
          `range: bytes=0-9; if-range: Sat, 21 Nov 2026 10:00:00 GMT`, 0-9
          `range: bytes=0-9; if-range: Sat, 21 Nov 2026 11:00:00 GMT`, full
          if-none-match: "x",                                        not modified
          if-none-match: W/"x",                                      not modified
          `if-none-match: "a", "x"`,                                 not modified
          if-none-match: *,                                          not modified
          if-none-match: "y",                                        full
          `if-modified-since: Sat, 21 Nov 2026 10:00:00 GMT`,        not modified
          `if-modified-since: Sat, 21 Nov 2026 09:00:00 GMT`,        full
          if-modified-since: yesterday,                              full
          `if-none-match: "y"; if-modified-since: Sat, 21 Nov 2026 10:00:00 GMT`, full
          if-none-match: "x"; range: bytes=0-9,                      not modified
          x: y,                                                      full
          """)
  void whichPartAnswers(String request, String expected) {
    assertEquals(
        expected, name(Selection.of(Messages.get(request), 200, RESPONSE, OptionalLong.of(100))));
  }

  @Test
  void onlyA200HasPartsAndConditions() {
    assertEquals(
        "full",
        name(
            Selection.of(
                Messages.get("range: bytes=0-9; if-none-match: \"x\""),
                404,
                RESPONSE,
                OptionalLong.of(100))));
  }

  @Test
  void headHasNoRange() {
    assertEquals(
        "full",
        name(
            Selection.of(
                Messages.request("HEAD", "/", "range: bytes=0-9"),
                200,
                RESPONSE,
                OptionalLong.of(100))));
  }

  private static String name(Selection selection) {
    return switch (selection) {
      case Selection.Full full -> "full";
      case Selection.NotModified same -> "not modified";
      case Selection.Partial part -> part.from() + "-" + part.to();
      case Selection.Several several ->
          several.parts().stream().map(SelectionTest::name).collect(Collectors.joining(" "));
      case Selection.Unsatisfiable none -> "unsatisfiable";
    };
  }
}
