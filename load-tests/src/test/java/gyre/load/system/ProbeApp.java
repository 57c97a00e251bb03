package gyre.load.system;

import gyre.load.process.RunningGyre;
import gyre.load.process.Setup;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * An app that counts how often it was executed for an id, where the count outlives whoever executes
 * it: in the browser's IndexedDB for worker tabs, in origin-proxy's log for its own executor.
 */
final class ProbeApp implements AutoCloseable {
  private static final String NAME = "probe";
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final String SCRIPT =
      """
      const inBrowser = 'indexedDB' in globalThis;

      function executions(mode, use) {
        return new Promise((resolve, reject) => {
          const opening = indexedDB.open('executions', 1);
          opening.onupgradeneeded = () => opening.result.createObjectStore('ids', { autoIncrement: true });
          opening.onerror = () => reject(opening.error);
          opening.onsuccess = () => {
            const transaction = opening.result.transaction('ids', mode);
            const asked = use(transaction.objectStore('ids'));
            transaction.oncomplete = () => {
              opening.result.close();
              resolve(asked.result);
            };
          };
        });
      }

      async function note(id) {
        if (inBrowser) await executions('readwrite', (ids) => ids.add(id));
        else console.log(`executed ${id};`);
      }

      export default {
        async fetch(request) {
          const asked = new URL(request.url).searchParams;
          const id = asked.get('id');
          if (request.method === 'GET') {
            const ids = inBrowser ? await executions('readonly', (stored) => stored.getAll()) : [];
            return new Response(String(ids.filter((one) => one === id).length));
          }
          await request.text();
          await note(id);
          if (asked.has('hangs')) await new Promise((resolve) => setTimeout(resolve, 60_000));
          return new Response(`did ${id}`);
        },
      };
      """;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(ANSWER).build();
  private final RunningGyre gyre;

  ProbeApp(RunningGyre gyre) {
    this.gyre = gyre;
  }

  static Setup deployedBy(Setup setup) throws IOException {
    Path script = Files.writeString(setup.folder().resolve("probe.js"), SCRIPT);
    return setup.app(NAME, script, "/api/probe*");
  }

  HttpResponse<String> post(String id) {
    return postAsync("/api/probe?id=" + encoded(id)).join();
  }

  /** Its handler does not come to an answer. */
  CompletableFuture<HttpResponse<String>> postThatHangs(String id) {
    return postAsync("/api/probe?hangs=yes&id=" + encoded(id));
  }

  private CompletableFuture<HttpResponse<String>> postAsync(String target) {
    URI uri = gyre.address().resolve(target);
    HttpRequest request =
        HttpRequest.newBuilder(uri).timeout(ANSWER).POST(BodyPublishers.ofString("a body")).build();
    return client.sendAsync(request, BodyHandlers.ofString());
  }

  /** How often worker tabs executed this id; a worker must be there to say. */
  int executionsByWorkers(String id) {
    HttpResponse<byte[]> answer = gyre.get("/api/probe?id=" + encoded(id));
    if (!Source.of(answer).equals(Source.WORKER)) {
      throw new IllegalStateException("no worker said it: " + answer.headers().map());
    }
    return Integer.parseInt(new String(answer.body(), StandardCharsets.UTF_8));
  }

  /** How often origin-proxy's executor began to execute this id. */
  int executionsByExecutor(String id) {
    return (int)
        gyre.server(RunningGyre.PROXY)
            .log()
            .lines()
            .filter(line -> line.contains("executed " + id + ";"))
            .count();
  }

  @Override
  public void close() {
    client.shutdownNow();
  }

  private static String encoded(String id) {
    return URLEncoder.encode(id, StandardCharsets.UTF_8);
  }
}
