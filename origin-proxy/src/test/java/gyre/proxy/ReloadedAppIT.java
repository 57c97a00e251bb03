package gyre.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.http.RawClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Apps that come, change and go while the proxy runs, in real workerd processes. */
@Timeout(90)
class ReloadedAppIT {
  private static final String SITE =
      """
      sites:
        - id: a
          hosts: [a.test]
          upstreams: ['http://127.0.0.1:9']
      """;

  @TempDir Path folder;

  @Test
  void scriptsBindingsAndAppsChangeWithAReload() throws Exception {
    try (RunningProxy proxy = RunningProxy.start(folder, SITE);
        RawClient client = new RawClient(proxy.address())) {
      script("one");
      reload(proxy, app("a"));
      assertEquals("one a", ask(client));

      script("two");
      assertEquals("one a", ask(client), "nobody asked for a reload");
      reload(proxy, app("a"));
      assertEquals("two a", ask(client));

      reload(proxy, app("b"));
      assertEquals("two b", ask(client));

      Files.delete(folder.resolve("app.js"));
      proxy.rewrite(app("c"));
      HttpResponse<String> refused = proxy.admin("POST", "/api/reload");
      assertEquals(400, refused.statusCode());
      assertTrue(refused.body().contains("app.js cannot be read"), refused.body());
      assertEquals("two b", ask(client));

      reload(proxy, SITE);
      assertEquals(502, answer(client).status(), "the upstream's now");
    }
  }

  private void script(String says) throws Exception {
    Files.writeString(
        folder.resolve("app.js"),
        "export default { async fetch(request, env) { return new Response('%s ' + env.SAID); } };"
            .formatted(says));
  }

  private static void reload(RunningProxy proxy, String yaml) throws Exception {
    proxy.rewrite(yaml);
    assertEquals("reloaded\n", proxy.admin("POST", "/api/reload").body());
  }

  private static String ask(RawClient client) throws Exception {
    RawClient.Answer answer = answer(client);
    assertEquals(200, answer.status(), answer::body);
    return answer.body();
  }

  private static RawClient.Answer answer(RawClient client) throws Exception {
    return client.say("GET /app HTTP/1.1\r\nHost: a.test\r\n\r\n").answer();
  }

  private static String app(String said) {
    return SITE
        + "    routes: [{ match: /app, app: it }]\n"
        + "apps: [{ name: it, file: app.js, vars: { SAID: "
        + said
        + " } }]\n";
  }
}
