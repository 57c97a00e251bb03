package gyre.proxy.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gyre.proxy.cache.Messages;
import gyre.proxy.cache.StoredResponse;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.wire.HeaderField;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShareableTest {

  @ParameterizedTest(name = "{0}, asked with {1} -> {2}")
  @CsvSource(
      quoteCharacter = '`',
      textBlock =
          """
          cache-control: max-age=60,                           ``,                          true
          cache-control: max-age=60,                           cookie: a=b,                 true
          cache-control: max-age=60,                           sec-fetch-dest: image,       true
          cache-control: max-age=60,                           sec-fetch-dest: document,    false
          cache-control: max-age=60,                           sec-fetch-dest: iframe,      false
          cache-control: max-age=60,                           sec-fetch-dest: worker,      false
          cache-control: max-age=60,                           sec-fetch-dest: serviceworker, false
          `cache-control: max-age=60, private`,                ``,                          false
          `cache-control: max-age=60, no-store`,               ``,                          false
          `cache-control: max-age=60, no-cache`,               ``,                          false
          cache-control: max-age=60; set-cookie: a=b,          ``,                          false
          cache-control: max-age=60; vary: Cookie,             ``,                          false
          cache-control: max-age=60; vary: Accept-Encoding,    ``,                          true
          cache-control: max-age=60; vary: Accept-Language,    ``,                          false
          cache-control: max-age=60; vary: *,                  ``,                          false
          cache-control: max-age=60; content-encoding: br,     ``,                          false
          cache-control: max-age=0,                            ``,                          false
          etag: "x",                                           ``,                          false
          cdn-cache-control: max-age=9; cache-control: no-store, ``,                        false
          cdn-cache-control: max-age=9; cache-control: max-age=1, ``,                       true
          `last-modified: Fri, 21 Nov 2025 10:00:00 GMT`,      ``,                          true
          """)
  void whatMayTravel(String response, String asked, boolean travels) {
    Request request = Messages.get(asked);
    StoredResponse stored = Messages.stored(request, response);
    assertEquals(
        travels,
        Shareable.forbids(request, 200, stored.headers(), stored.freshUntil(), Messages.NOW)
            .isEmpty());
  }

  @ParameterizedTest
  @CsvSource({"201", "203", "301", "404"})
  void onlyA200Travels(int status) {
    Request request = Messages.get("");
    StoredResponse stored = Messages.stored(request, "cache-control: max-age=60");
    assertEquals(
        "status",
        Shareable.forbids(request, status, stored.headers(), stored.freshUntil(), Messages.NOW)
            .orElse(""));
  }

  @Test
  void onlyListedHeadersTravel() {
    Headers headers =
        Messages.headers(
            "content-type: image/png; server: x; x-user: me; etag: \"e\"; via: 1.1 gyre");
    assertEquals(
        List.of(new HeaderField("content-type", "image/png"), new HeaderField("etag", "\"e\"")),
        Shareable.travelling(headers));
  }
}
