package gyre.proxy.http.h2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gyre.operations.config.HostPort;
import gyre.proxy.fetch.Decision;
import gyre.proxy.fetch.RequestService;
import gyre.proxy.http.Certificates;
import gyre.proxy.http.HttpFront;
import gyre.proxy.http.exchange.Terms;
import gyre.proxy.http.tls.TlsCertificates;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.HttpVersion;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.transport.Transport;
import gyre.proxy.upstream.ScriptedServer;
import gyre.proxy.upstream.UpstreamTls;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** A browser opens a WebSocket over the connection that it has (RFC 8441). */
@Timeout(60)
class WebSocketIT {
  private static final String TALK =
      """
      const done = arguments[0];
      const socket = new WebSocket('wss://' + location.host + '/chat', 'chat');
      socket.onopen = () => socket.send('ping');
      socket.onmessage = message => { socket.close(); done(socket.protocol + ' ' + message.data); };
      socket.onerror = () => done('error');
      """;

  @TempDir Path folder;
  private final BlockingQueue<HttpVersion> tunnelled = new LinkedBlockingQueue<>();

  @Test
  void itsMessagesTravelAsAStreamOfHttp2() throws Exception {
    var certificate = Certificates.make(folder, "site", "ip:127.0.0.1");
    try (Transport transport = Transport.start();
        ScriptedServer server = new ScriptedServer(WebSocketIT::echo);
        TlsCertificates files = new TlsCertificates(List.of(certificate), InstantSource.system());
        HttpFront front =
            new HttpFront(
                Terms.of(new Site(server.port())), transport, UpstreamTls.trustingTheSystem())) {
      int port = front.listenTls(new HostPort("127.0.0.1", 0), false, files).getPort();
      ChromeDriver browser = browser();
      try {
        browser.manage().timeouts().scriptTimeout(Duration.ofSeconds(20));
        browser.get("https://127.0.0.1:" + port + "/");
        assertEquals("chat ping", browser.executeAsyncScript(TALK));
      } finally {
        browser.quit();
      }
      assertEquals(HttpVersion.HTTP_2, tunnelled.take());
    }
  }

  /** One short message comes back, unmasked (RFC 6455, 5.2). */
  private static void echo(ScriptedServer.Conversation conversation) throws IOException {
    WebSocketTest.accept(conversation);
    byte[] frame = conversation.bytes(10).getBytes(ISO_8859_1);
    byte[] answer = new byte[6];
    answer[0] = frame[0];
    answer[1] = 4;
    for (int i = 0; i < 4; i++) {
      answer[2 + i] = (byte) (frame[6 + i] ^ frame[2 + i]);
    }
    conversation.say(answer);
    var _ = conversation.bytes(8); // its Close
  }

  private ChromeDriver browser() {
    ChromeOptions options = new ChromeOptions();
    options.setBinary("/usr/bin/chromium");
    options.addArguments(
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--ignore-certificate-errors",
        "--user-data-dir=" + folder.resolve("profile"));
    return new ChromeDriver(
        new ChromeDriverService.Builder()
            .usingDriverExecutable(new File("/usr/bin/chromedriver"))
            .build(),
        options);
  }

  private final class Site implements RequestService {
    private final int server;

    Site(int server) {
      this.server = server;
    }

    @Override
    public Decision tryNow(Request request) {
      if (request.headers().contains("upgrade")) {
        tunnelled.add(request.version());
        return Decision.Tunnel.to(URI.create("ws://127.0.0.1:" + server), request);
      }
      return new Decision.Answer(
          new Response(
              200, Headers.of("content-type", "text/html"), Body.of("a page".getBytes(UTF_8))));
    }

    @Override
    public Response serve(Decision.Pending pending) {
      throw new IllegalStateException("nothing is pending");
    }
  }
}
