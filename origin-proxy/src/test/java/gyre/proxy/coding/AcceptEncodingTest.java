package gyre.proxy.coding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.message.Headers;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptEncodingTest {
  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          gzip                                | gzip
          gzip, deflate, br, zstd             | zstd
          gzip, deflate, br                   | br
          GZIP                                | gzip
          x-gzip                              | gzip
          br;q=0.5, gzip                      | gzip
          br;q=0.5, gzip;q=0.5                | br
          zstd;q=0.001                        | zstd
          zstd;q=0, br;q=0.000, gzip;q=1.000  | gzip
          *                                   | zstd
          *;q=0.3, zstd;q=0                   | br
          gzip ; q=0.9 , br ;q=0.8            | gzip
          gzip;Q=0.5                          | gzip
          identity                            | none
          deflate, compress                   | none
          identity, gzip;q=0.5                | none
          identity;q=0.4, gzip;q=0.5          | gzip
          identity, gzip                      | gzip
          identity;q=0, gzip                  | gzip
          *;q=0                               | none
          gzip;q=2                            | none
          gzip;q=0.1234                       | none
          gzip;q=-1                           | none
          gzip;q=                             | none
          gzip;q=1.5                          | none
          gzip;level=9                        | none
          gzip;q=0.5;x=y                      | none
          gzipped                             | none
          ,,;;,gzip                           | gzip
          """)
  void whichCodingSuits(String field, String expected) {
    assertEquals(expected, best(Headers.of("accept-encoding", field)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "gzip"})
  void withoutTheFieldNobodyIsSentACoding(String te) {
    assertEquals("none", best(te.isEmpty() ? Headers.EMPTY : Headers.of("te", te)));
    assertEquals("none", best(Headers.of("accept-encoding", "")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "br;q=0.5"})
  void severalLinesAreOneList(String line) {
    Headers lines = Headers.of("accept-encoding", "zstd;q=0", "accept-encoding", line);
    assertEquals(line.substring(0, 2), best(lines).substring(0, 2));
    assertFalse(AcceptEncoding.of(lines).accepts(Coding.ZSTD));
    assertTrue(AcceptEncoding.of(Headers.of("accept-encoding", line + ", *")).accepts(Coding.ZSTD));
  }

  private static String best(Headers request) {
    return AcceptEncoding.of(request).best(coding -> true).map(Coding::token).orElse("none");
  }
}
