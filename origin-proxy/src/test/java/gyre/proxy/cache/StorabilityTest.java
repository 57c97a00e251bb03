package gyre.proxy.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StorabilityTest {

  @ParameterizedTest(name = "{0} {1} -> {2}")
  @CsvSource(
      delimiter = ',',
      quoteCharacter = '`',
      textBlock =
          """
          200, cache-control: max-age=10,                            true
          200, `cache-control: public, max-age=10`,                  true
          200, expires: Sat| 21 Nov 2026 13:00:00 GMT,               true
          200, cache-control: s-maxage=10,                           true
          200, etag: "x",                                            true
          200, last-modified: Sat| 21 Nov 2026 10:00:00 GMT,         true
          200, x: y,                                                 false
          200, cache-control: no-store,                              false
          200, `cache-control: max-age=10, no-store`,                false
          200, `cache-control: max-age=10, private`,                 false
          200, `cache-control: max-age=10, private="x"`,             false
          200, `cache-control: no-store, must-understand, max-age=1`,true
          200, cache-control: no-cache; etag: "x",                   true
          200, cache-control: max-age=10; set-cookie: a=b,           false
          200, cache-control: max-age=10; vary: *,                   false
          200, cache-control: max-age=10; vary: Cookie,              false
          200, `cache-control: max-age=10; vary: Accept, cookie`,    false
          200, cache-control: max-age=10; vary: Accept-Encoding,     true
          200, cache-control: max-age=10; vary: Accept-Language,     true
          200, cache-control: max-age=10; content-encoding: gzip,    true
          200, cache-control: max-age=10; content-encoding: gzip; vary: accept-encoding,    false
          206, cache-control: max-age=10,                            false
          304, cache-control: max-age=10,                            false
          404, cache-control: max-age=10,                            true
          302, etag: "x",                                            false
          302, cache-control: max-age=10,                            true
          500, cache-control: max-age=10,                            true
          200, cdn-cache-control: no-store; cache-control: max-age=9, false
          200, cdn-cache-control: private; cache-control: max-age=9, false
          200, cdn-cache-control: max-age=9; cache-control: no-store, true
          """)
  void whatASharedCacheMayStore(int status, String headers, boolean storable) {
    assertEquals(
        storable,
        Storability.forbids(Messages.get(""), status, Messages.headers(headers)).isEmpty());
  }

  @Test
  void aRequestCanForbidStoring() {
    assertEquals(
        "the request's no-store",
        Storability.forbids(
                Messages.get("cache-control: no-store"),
                200,
                Messages.headers("cache-control: max-age=10"))
            .orElse(""));
  }

  @Test
  void onlyGetIsStored() {
    assertEquals(
        "method",
        Storability.forbids(
                Messages.request("POST", "/a", ""),
                200,
                Messages.headers("cache-control: max-age=10"))
            .orElse(""));
  }
}
