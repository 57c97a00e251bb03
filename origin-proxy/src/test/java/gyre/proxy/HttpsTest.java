package gyre.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gyre.proxy.http.Certificates;
import gyre.proxy.http.RawClient;
import gyre.proxy.upstream.ScriptedServer;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From http to https, and that it stays so, with a running proxy. */
@Timeout(60)
class HttpsTest {
  private static final String STS = "strict-transport-security";

  @TempDir Path folder;

  @Test
  void httpLeadsToHttpsWhichIsToBeInsistedOn() throws Exception {
    var certificate = Certificates.make(folder, "site", "dns:a.test");
    try (ScriptedServer site = new ScriptedServer(HttpsTest::answer);
        RunningProxy proxy = RunningProxy.start(folder, yaml(site.port(), certificate.cert()));
        RawClient plain = new RawClient(proxy.address());
        RawClient secure =
            new RawClient(
                Certificates.trusting(certificate.cert())
                    .getSocketFactory()
                    .createSocket("127.0.0.1", proxy.secureAddress().getPort()))) {
      RawClient.Answer redirect = ask(plain, "/x?y=1");
      assertEquals(308, redirect.status());
      String port = ":" + proxy.secureAddress().getPort();
      assertEquals("https://a.test/x?y=1", redirect.header("location").replace(port, ""));
      assertEquals("", redirect.header(STS));
      assertEquals(200, ask(plain, "/.well-known/acme-challenge/token").status());

      RawClient.Answer answer = ask(secure, "/x?y=1");
      assertEquals(200, answer.status());
      assertEquals("https", answer.header("x-proto"));
      assertEquals("max-age=86400; includeSubDomains", answer.header(STS));
      assertEquals("max-age=86400; includeSubDomains", ask(secure, "/x?y=1").header(STS), "a hit");
    }
  }

  private static void answer(ScriptedServer.Conversation conversation) throws IOException {
    for (String head = conversation.head(); !head.isEmpty(); head = conversation.head()) {
      String proto = head.contains("x-forwarded-proto: https") ? "https" : "http";
      conversation.say(
          ("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 2\r\nX-Proto: "
                  + proto
                  + "\r\n\r\nok")
              .getBytes(US_ASCII));
    }
  }

  private static RawClient.Answer ask(RawClient client, String path) throws IOException {
    return client.say("GET " + path + " HTTP/1.1\r\nHost: a.test\r\n\r\n").answer();
  }

  private static String yaml(int port, Path certificate) {
    return """
        tls: { listen: "127.0.0.1:0", certificates: [{ cert: %s, key: site.key }] }
        redirect-to-https: true
        hsts: { max-age: 1d, include-subdomains: true }
        sites: [{ id: a, hosts: [a.test], upstreams: ['http://127.0.0.1:%d'] }]
        """
        .formatted(certificate.getFileName(), port);
  }
}
