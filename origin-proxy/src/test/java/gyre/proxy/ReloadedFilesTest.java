package gyre.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.http.RawClient;
import gyre.proxy.upstream.OwnAuthority;
import gyre.proxy.upstream.ScriptedServer;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that change under their old names. */
@Timeout(90)
class ReloadedFilesTest {
  @TempDir Path folder;

  @Test
  void anAuthorityThatTookAnothersPlaceVouchesForUpstreamsAfterAReload() throws Exception {
    OwnAuthority former = new OwnAuthority(folder, "former");
    OwnAuthority latter = new OwnAuthority(folder, "latter");
    Path trusted = folder.resolve("trusted.pem");
    Files.copy(former.pem(), trusted);
    try (ScriptedServer server =
            new ScriptedServer(
                latter.server("ip:127.0.0.1", "-1d"),
                c -> {
                  while (!c.head().isEmpty()) {
                    c.say(
                        "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: 2\r\n\r\nok");
                  }
                });
        RunningProxy proxy = RunningProxy.start(folder, yaml(server.port()));
        RawClient client = new RawClient(proxy.address())) {
      assertEquals(502, ask(client));
      assertToldInOneLine(proxy);

      Files.writeString(trusted, "no certificate");
      HttpResponse<String> refused = proxy.admin("POST", "/api/reload");
      assertEquals(400, refused.statusCode());
      assertTrue(refused.body().contains("trusted.pem holds no certificates"), refused.body());

      Files.writeString(trusted, Files.readString(latter.pem()));
      assertEquals(502, ask(client), "nobody asked for a reload");
      assertEquals("reloaded\n", proxy.admin("POST", "/api/reload").body());
      assertEquals(200, ask(client));
      String metrics = proxy.admin("GET", "/metrics").body();
      assertTrue(metrics.contains("gyre_proxy_upstream_up{site=\"a\""), metrics);

      Files.writeString(trusted, Files.readString(former.pem()));
      assertEquals("reloaded\n", proxy.admin("POST", "/api/reload").body());
      assertEquals(502, ask(client), "no connection of the other authority's is used again");
    }
  }

  private static void assertToldInOneLine(RunningProxy proxy) throws Exception {
    String line = proxy.line("GET //a.test/: cannot connect to https://127.0.0.1:");
    assertTrue(line.endsWith("its certificate is signed by nobody who is trusted"), line);
    assertEquals(200, proxy.admin("GET", "/healthz").statusCode());
    assertEquals(
        List.of(), proxy.rest().stream().filter(other -> other.contains("certificate")).toList());
  }

  private static int ask(RawClient client) throws Exception {
    return client.say("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").answer().status();
  }

  private static String yaml(int port) {
    return """
        sites:
          - { id: a, hosts: [a.test], upstreams: ['https://127.0.0.1:%d'], upstream-ca: trusted.pem }
        """
        .formatted(port);
  }
}
