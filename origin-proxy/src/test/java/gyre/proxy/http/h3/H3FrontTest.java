package gyre.proxy.http.h3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.TlsConfig;
import gyre.proxy.http.Certificates;
import gyre.proxy.http.exchange.FrontLimits;
import gyre.proxy.message.HttpVersion;
import gyre.proxy.message.Request;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class H3FrontTest {
  private static TlsConfig.Certificate certificate;
  private QuicFront server;

  @BeforeAll
  static void certify(@TempDir Path folder) throws Exception {
    certificate = Certificates.make(folder, "h3", "dns:localhost");
  }

  @BeforeEach
  void listen() throws Exception {
    server = new QuicFront(List.of(certificate), FrontLimits.DEFAULT);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private QuicClient connect() throws Exception {
    return QuicClient.connect(server.address());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/now", "/later"})
  void answersAtOnceOrLater(String path) throws Exception {
    try (QuicClient client = connect()) {
      QuicStream.Answer answer = client.get(path).answer();
      assertEquals("200", answer.status());
      assertEquals(path.substring(1), answer.text());
      assertEquals(Integer.toString(path.length() - 1), answer.field(0, "content-length"));
      assertTrue(answer.field(0, "date").endsWith("GMT"));
    }
  }

  @Test
  void aRequestKeepsItsModel() throws Exception {
    try (QuicClient client = connect()) {
      client.get("/now?a=b", "cookie", "a=1", "cookie", "b=2", "te", "trailers").answer();
      Request request = server.pages().asked.take();
      assertEquals("//a.test/now?a=b", request.resource());
      assertEquals("https", request.scheme());
      assertEquals(HttpVersion.HTTP_3, request.version());
      assertEquals(List.of("a=1; b=2"), request.headers().all("cookie"));
      assertEquals(List.of("a.test"), request.headers().all("host"));
      assertEquals("3.0", server.accesses().take().line().version());
    }
  }
}
