package gyre.proxy.sender;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gyre.operations.address.AddressRanges;
import gyre.operations.address.IpLiteral;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Sender;
import gyre.proxy.sender.TrustedProxies.Arrival;
import java.net.InetAddress;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrustedProxiesTest {
  private final TrustedProxies proxies =
      new TrustedProxies(AddressRanges.of("10.0.0.0/8", "::1", "2001:db8:aaaa::/48"));

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          a stranger's word                     | 192.0.2.9 | 1.1.1.1                   | https       | -  | 192.0.2.9 http
          a trusted proxy that says nothing     | 10.0.0.1  | -                         | -           | -  | 10.0.0.1 http
          a client                              | 10.0.0.1  | 1.1.1.1                   | https       | -  | 1.1.1.1 https
          what the client itself claims         | 10.0.0.1  | 6.6.6.6, 1.1.1.1          | https       | -  | 1.1.1.1 https
          two trusted proxies                   | ::1       | 6.6.6.6, 1.1.1.1, 10.2.3.4| https       | -  | 1.1.1.1 https
          trusted ones only                     | ::1       | 10.9.9.9, 10.2.3.4        | -           | -  | 10.9.9.9 http
          a client of IPv6                      | 10.0.0.1  | 2001:db8::5               | -           | -  | 2001:db8:0:0:0:0:0:5 http
          with port                             | 10.0.0.1  | 1.1.1.1:4711              | -           | -  | 1.1.1.1 http
          IPv6 with port                        | 10.0.0.1  | [2001:db8::5]:4711        | -           | -  | 2001:db8:0:0:0:0:0:5 http
          a name                                | 10.0.0.1  | client.example            | https       | -  | 10.0.0.1 https
          nonsense behind a trusted hop         | 10.0.0.1  | <script>, 10.2.3.4        | -           | -  | 10.0.0.1 http
          nonsense before the client            | 10.0.0.1  | <script>, 1.1.1.1         | -           | -  | 1.1.1.1 http
          an empty list                         | 10.0.0.1  | ''                        | -           | -  | 10.0.0.1 http
          empty members                         | 10.0.0.1  | 1.1.1.1,                  | -           | -  | 10.0.0.1 http
          unknown                               | 10.0.0.1  | unknown                   | -           | -  | 10.0.0.1 http
          a scheme that is none                 | 10.0.0.1  | 1.1.1.1                   | gopher      | -  | 1.1.1.1 http
          a scheme in capitals                  | 10.0.0.1  | 1.1.1.1                   | HTTPS       | -  | 1.1.1.1 https
          a scheme for each hop                 | 10.0.0.1  | 6.6.6.6, 1.1.1.1, 10.2.3.4| http, https, http | - | 1.1.1.1 https
          schemes that fit no hop               | 10.0.0.1  | 1.1.1.1                   | https, http | -  | 1.1.1.1 http
          a scheme alone                        | 10.0.0.1  | -                         | https       | -  | 10.0.0.1 https
          Forwarded                             | 10.0.0.1  | -                         | -           | for=1.1.1.1;proto=https;by=10.0.0.1 | 1.1.1.1 https
          Forwarded by two                      | 10.0.0.1  | -                         | -           | for=6.6.6.6, for=1.1.1.1;proto=https, For=10.2.3.4;Proto=http | 1.1.1.1 https
          Forwarded of IPv6                     | 10.0.0.1  | -                         | -           | for="[2001:db8::5]:80" | 2001:db8:0:0:0:0:0:5 http
          Forwarded by the obfuscated           | 10.0.0.1  | -                         | -           | for=_hidden;proto=https | 10.0.0.1 http
          Forwarded with escapes                | 10.0.0.1  | -                         | -           | for="1.1.1.\\1" | 1.1.1.1 http
          Forwarded twice in one                | 10.0.0.1  | -                         | -           | for=1.1.1.1;for=2.2.2.2 | 10.0.0.1 http
          Forwarded with an open quote          | 10.0.0.1  | -                         | -           | for="1.1.1.1 | 10.0.0.1 http
          Forwarded that is none                | 10.0.0.1  | -                         | -           | for | 10.0.0.1 http
          X-Forwarded-For outweighs Forwarded   | 10.0.0.1  | 1.1.1.1                   | -           | for=2.2.2.2;proto=https | 1.1.1.1 http
          """)
  void isJudged(
      String word, String peer, String forwardedFor, String proto, String forwarded, String said) {
    Headers headers = Headers.EMPTY;
    headers = forwardedFor == null ? headers : headers.and("x-forwarded-for", forwardedFor);
    headers = proto == null ? headers : headers.and("x-forwarded-proto", proto);
    headers =
        forwarded == null ? headers : headers.and("forwarded", forwarded.replace("\\\\", "\\"));
    Arrival arrival = proxies.arrival(Arrival.over(ip(peer), "http"), headers);
    assertEquals(said, arrival.sender().address().getHostAddress() + " " + arrival.scheme());
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.9, 192.0.2.9",
    "10.0.0.1, '6.6.6.6, 1.1.1.1, 10.0.0.1'",
  })
  void theNextServerLearnsTheHopsThatATrustedPeerNames(String peer, String chain) {
    Headers headers = Headers.of("x-forwarded-for", "6.6.6.6, 1.1.1.1");
    assertEquals(chain, proxies.arrival(Arrival.over(ip(peer), "http"), headers).sender().chain());
  }

  @Test
  void aChainTooLongToBePassedOnBeginsWithTheClient() {
    Headers headers = Headers.of("x-forwarded-for", "x".repeat(8_180) + ", 1.1.1.1");
    Sender sender = proxies.arrival(Arrival.over(ip("10.0.0.1"), "http"), headers).sender();
    assertEquals("1.1.1.1, 10.0.0.1", sender.chain());
  }

  @Property
  void noTextIsAnException(
      @ForAll @StringLength(max = 400) @CharRange(from = ' ', to = '~') String forwardedFor,
      @ForAll @StringLength(max = 400) @CharRange(from = ' ', to = '~') String forwarded) {
    proxies.arrival(
        Arrival.over(ip("10.0.0.1"), "http"),
        Headers.of("x-forwarded-for", "1.1.1.1, " + forwardedFor));
    Arrival arrival =
        proxies.arrival(
            Arrival.over(ip("10.0.0.1"), "http"), Headers.of("forwarded", "for=" + forwarded));
    assertEquals("http", arrival.scheme().replace("https", "http"));
  }

  private static InetAddress ip(String text) {
    return IpLiteral.parse(text).orElseThrow();
  }
}
