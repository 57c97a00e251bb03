package gyre.proxy.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.HostPort;
import gyre.proxy.fetch.Decision;
import gyre.proxy.fetch.RequestService;
import gyre.proxy.http.exchange.Terms;
import gyre.proxy.message.Body;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.route.Route;
import gyre.proxy.transport.Transport;
import gyre.proxy.upstream.UpstreamTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every shape that two implementations might read differently (RFC 9112, 11.2), over a raw socket:
 * its exact status, the connection closed, and nothing of it, nor of what is hidden behind it, is
 * served.
 */
@Timeout(20)
class SmugglingTest {
  private static final String HIDDEN = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n";

  private final Transport transport = Transport.start();
  private final AtomicInteger served = new AtomicInteger();
  private HttpFront front;
  private InetSocketAddress address;

  @BeforeEach
  void listen() throws IOException {
    front = new HttpFront(Terms.of(new Counting()), transport, UpstreamTls.trustingTheSystem());
    address = front.listen(new HostPort("127.0.0.1", 0), false);
  }

  @AfterEach
  void close() {
    front.close();
    transport.close();
  }

  /**
   * {@code ~} is CR LF, {@code @} LF alone, {@code ^} CR alone, {@code `} NUL, {@code >} a tab,
   * {@code #} VT.
   */
  @ParameterizedTest(name = "{0}: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          conflicting lengths            | Host: a~Content-Length: 5~Content-Length: 6~~hello                  | 400
          the same length twice          | Host: a~Content-Length: 5~Content-Length: 5~~hello                  | 400
          a list of lengths              | Host: a~Content-Length: 5, 5~~hello                                 | 400
          a negative length              | Host: a~Content-Length: -5~~hello                                   | 400
          a length with a sign           | Host: a~Content-Length: +5~~hello                                   | 400
          a length in hex                | Host: a~Content-Length: 0x5~~hello                                  | 400
          a length with a blank inside   | Host: a~Content-Length: 1 0~~hello                                  | 400
          a length beyond counting       | Host: a~Content-Length: 99999999999999999999~~hello                 | 400
          an empty length                | Host: a~Content-Length:~~hello                                      | 400
          length, then coding            | Host: a~Content-Length: 5~Transfer-Encoding: chunked~~0~~           | 400
          coding, then length            | Host: a~Transfer-Encoding: chunked~Content-Length: 5~~0~~           | 400
          identity                       | Host: a~Transfer-Encoding: identity~~0~~                            | 501
          a coding before chunked        | Host: a~Transfer-Encoding: gzip, chunked~~0~~                       | 501
          chunked twice                  | Host: a~Transfer-Encoding: chunked, chunked~~0~~                    | 501
          chunked in two fields          | Host: a~Transfer-Encoding: chunked~Transfer-Encoding: chunked~~0~~  | 501
          chunked, then identity         | Host: a~Transfer-Encoding: chunked~Transfer-Encoding: identity~~0~~ | 501
          nearly chunked                 | Host: a~Transfer-Encoding: xchunked~~0~~                            | 501
          chunked with a parameter       | Host: a~Transfer-Encoding: chunked;q=1~~0~~                         | 501
          chunked in quotes              | Host: a~Transfer-Encoding: "chunked"~~0~~                           | 501
          an empty coding                | Host: a~Transfer-Encoding:~~0~~                                     | 501
          a vertical tab before chunked  | Host: a~Transfer-Encoding: #chunked~~0~~                       | 400
          a folded coding                | Host: a~Transfer-Encoding:~ chunked~~0~~                            | 400
          a folded header                | Host: a~X: b~ c~~                                                   | 400
          a header folded by a tab       | Host: a~X: b~>c~~                                                   | 400
          a blank before the first field | >Host: a~~                                                          | 400
          a blank before the colon       | Host: a~Content-Length : 5~~hello                                   | 400
          a tab before the colon         | Host: a~Transfer-Encoding>: chunked~~0~~                            | 400
          a bare LF after a field        | Host: a@X: b~~                                                      | 400
          a bare LF at the end           | Host: a~X: b~@                                                      | 400
          a bare CR in a value           | Host: a~X: b^c~~                                                    | 400
          a bare CR after a field        | Host: a^X: b~~                                                      | 400
          CR CR LF                       | Host: a~X: b^~~                                                     | 400
          NUL in a value                 | Host: a~X: b`c~~                                                    | 400
          NUL in a name                  | Host: a~X`: b~~                                                     | 400
          a field without a colon        | Host: a~X~~                                                         | 400
          no Host                        | X: a~~                                                              | 400
          two Hosts                      | Host: a~Host: b~~                                                   | 400
          the same Host twice            | Host: a~Host: a~~                                                   | 400
          an empty Host                  | Host:~~                                                             | 400
          a Host with a path             | Host: a/b~~                                                         | 400
          a Host with a user             | Host: u@a~~                                                         | 400
          two Hosts in one               | Host: a, b~~                                                        | 400
          """)
  void isRefused(String shape, String fields, int status) throws IOException {
    refuses("POST / HTTP/1.1\r\n" + bytes(fields), status);
  }

  @ParameterizedTest(name = "{0}: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a coding in HTTP/1.0       | POST / HTTP/1.0~Host: a~Transfer-Encoding: chunked~~0~~ | 400
          a version in lower case    | GET / http/1.1~Host: a~~                                | 400
          another major version      | GET / HTTP/3.0~Host: a~~                                | 505
          another minor version      | GET / HTTP/1.2~Host: a~~                                | 505
          a tab in the request line  | GET>/ HTTP/1.1~Host: a~~                                | 400
          a blank behind the version | GET / HTTP/1.1 ~Host: a~~                               | 505
          a blank in the target      | GET /a b HTTP/1.1~Host: a~~                             | 400
          NUL in the target          | GET /a`b HTTP/1.1~Host: a~~                             | 400
          a bare CR in the target    | GET /a^b HTTP/1.1~Host: a~~                             | 400
          a bare LF after the line   | GET / HTTP/1.1@Host: a~~                                | 400
          the form of CONNECT        | CONNECT a:80 HTTP/1.1~Host: a~~                         | 400
          a bad Host beside a URL    | GET http://a/ HTTP/1.1~Host: a/b~~                      | 400
          a URL with a user          | GET http://u@a/ HTTP/1.1~Host: a~~                      | 400
          a URL without a host       | GET http:/// HTTP/1.1~Host: a~~                         | 400
          another scheme             | GET ftp://a/ HTTP/1.1~Host: a~~                         | 400
          """)
  void aRequestLineIsRefused(String shape, String head, int status) throws IOException {
    refuses(bytes(head), status);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a size in 0x                     | 0x5~hello~0~~
          a size with a sign               | +5~hello~0~~
          a negative size                  | -5~hello~0~~
          a size with an underscore        | 0_5~hello~0~~
          a blank before the size          | >5~hello~0~~
          a blank behind the size          | 5 ~hello~0~~
          no size                          | ~hello~0~~
          a size of nine digits            | 000000005~hello~0~~
          a size beyond 32 bits            | 100000005~hello~0~~
          a bare LF behind the size        | 5@hello~0~~
          a bare CR behind the size        | 5^hello~0~~
          a bare LF behind the data        | 5~hello@0~~
          nothing behind the data          | 5~hello0~~
          more data than told              | 4~hello~0~~
          less data than told              | 6~hello~0~~
          a bare CR in an extension        | 5;a^b~hello~0~~
          a bare LF in an extension        | 5;a@b~hello~0~~
          NUL in an extension              | 5;a`b~hello~0~~
          a bare LF at the end             | 5~hello~0@@
          a trailer with a blank           | 5~hello~0~X : y~~
          a folded trailer                 | 5~hello~0~X: y~ z~~
          a trailer without a colon        | 5~hello~0~GET /hidden HTTP/1.1~~
          NUL in a trailer                 | 5~hello~0~X: y`~~
          """)
  void aChunkIsRefused(String shape, String chunks) throws IOException {
    refuses(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + bytes(chunks), 400);
  }

  @ParameterizedTest(name = "{0}: {2}")
  @CsvSource({
    "a chunk extension without end, 5;, 400",
    "a trailer without end, '5~hello~0~X: ', 400",
    "a size without end, 0000, 400"
  })
  void whatHasNoEndIsRefused(String shape, String start, int status) throws IOException {
    String chunks = bytes(start) + "0".repeat(20_000);
    refuses("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, status);
  }

  @ParameterizedTest(name = "{0} bytes of a character beyond ASCII")
  @CsvSource({"5000", "8192", "8193"})
  void aLongValueBeyondAsciiHasItsStatus(int length) throws IOException {
    refuses("GET / HTTP/1.1\r\nHost: a\r\nX: " + "\u00e9".repeat(length) + "\r\n\r\n", 431);
  }

  /** RFC 9112, 3.2.2: the Host of such a request counts for nothing. */
  @Test
  void aUrlOutweighsHost() throws IOException {
    try (RawClient client = new RawClient(address)) {
      client.say("GET http://A.test:80/x HTTP/1.1\r\nHost: b.test\r\n\r\n");
      assertEquals("served //a.test/x\n", client.answer().body());
    }
  }

  private static String bytes(String shape) {
    return shape
        .strip()
        .replace("~", "\r\n")
        .replace('@', '\n')
        .replace('^', '\r')
        .replace('`', '\0')
        .replace('#', '\u000b')
        .replace('>', '\t');
  }

  private void refuses(String request, int status) throws IOException {
    try (RawClient client = new RawClient(address)) {
      client.say(request + HIDDEN);
      RawClient.Answer answer = client.answer();
      assertEquals(status, answer.status(), answer::body);
      assertTrue(client.isClosed());
    }
    assertEquals(0, served.get());
  }

  /** Serves a request when all of its body has come. */
  private final class Counting implements RequestService {
    @Override
    public Decision tryNow(Request request) {
      return new Decision.Pending(request, new Route.Reject(0, ""));
    }

    @Override
    public Response serve(Decision.Pending pending) {
      try (Body body = pending.request().body()) {
        while (body.next().isPresent()) {}
        served.incrementAndGet();
        return Response.text(200, "served " + pending.request().resource());
      } catch (IOException e) {
        return Response.text(502, "cut off");
      }
    }
  }
}
