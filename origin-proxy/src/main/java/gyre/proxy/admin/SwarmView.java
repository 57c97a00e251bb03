package gyre.proxy.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gyre.operations.config.AdminConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * What the signalling server says of its swarms ({@code /api/swarm} of its admin address). Asked at
 * most once a second however many pages look. Thread-safe; waits up to two seconds.
 */
final class SwarmView implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final long FRESH_NANOS = Duration.ofMillis(900).toNanos();
  private static final int LARGEST = 4 << 20;

  private final AdminConfig signalling;
  private final ObjectMapper json;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private Answer last;
  private long readAt;

  /** {@code problem} is empty where {@code sites} is what the signalling server said. */
  record Answer(JsonNode sites, String problem) {}

  SwarmView(AdminConfig signalling, ObjectMapper json) {
    this.signalling = signalling;
    this.json = json;
    this.last = failed("was not asked yet");
    this.readAt = System.nanoTime() - FRESH_NANOS;
  }

  synchronized Answer read() {
    if (System.nanoTime() - readAt >= FRESH_NANOS) {
      last = ask();
      readAt = System.nanoTime();
    }
    return last;
  }

  private Answer ask() {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + signalling.listen() + "/api/swarm"))
            .timeout(PATIENCE);
    signalling.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
    try {
      HttpResponse<InputStream> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        return response.statusCode() == 200
            ? new Answer(json.readTree(body.readNBytes(LARGEST)).path("sites"), "")
            : failed("answers " + response.statusCode());
      }
    } catch (IOException e) {
      return failed("does not answer");
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return failed("was not waited for");
    }
  }

  private Answer failed(String what) {
    return new Answer(
        json.createArrayNode(),
        "the signalling server's admin address " + signalling.listen() + " " + what);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
