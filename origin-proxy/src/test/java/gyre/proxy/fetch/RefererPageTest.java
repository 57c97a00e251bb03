package gyre.proxy.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gyre.operations.config.ConfigFile;
import gyre.operations.config.SiteConfig;
import gyre.proxy.cache.Messages;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefererPageTest {
  private static final SiteConfig SITE =
      ConfigFile.parse(
              "test",
              Path.of("/"),
              """
              sites:
                - id: site
                  hosts: [site.test, static.site.test, "*"]
                  upstreams: ["http://127.0.0.1:1"]
              """)
          .sites()
          .getFirst();

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      quoteCharacter = '`',
      textBlock =
          """
          http://site.test/page?p=2#top,          //site.test/page?p=2
          https://Site.test/page,                 //site.test/page
          http://site.test/,                      //site.test/
          http://static.site.test/page,           //static.site.test/page
          http://static.site.test/,               ``
          http://elsewhere.test/page,             ``
          http://site.test.evil.test/page,        ``
          http://site.test@evil.test/page,        ``
          http://site.test:81/page,               //site.test:81/page
          http://site.test/.gyre/peer-data.js,    ``
          http://site.test/%2egyre/peer-data.js,  ``
          http://site.test/peer-sw.js,            ``
          http://site.test/peer-client.js?v=1,    ``
          http://site.test,                       ``
          about:client,                           ``
          nonsense,                               ``
          """)
  void onlyAPageOfTheSameSiteCounts(String referer, String page) {
    assertEquals(Optional.of(page).filter(p -> !p.isEmpty()), page("referer: " + referer));
  }

  @Test
  void thePageThatANavigationCameFromDoesNotCount() {
    assertEquals(
        Optional.empty(), page("referer: http://site.test/page; sec-fetch-dest: document"));
  }

  @Test
  void withoutARefererThereIsNoPage() {
    assertEquals(Optional.empty(), page(""));
  }

  private static Optional<String> page(String headers) {
    return RefererPage.of(Messages.get(headers), SITE);
  }
}
