package gyre.load.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;

/**
 * What signalling-server says of its only site at {@code /api/swarm}, at one moment; nothing while
 * it is too busy to.
 */
public record Census(int visitors, int visitorHoldings, int manifests, long badChunks) {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static Census of(RunningGyre gyre) {
    HttpResponse<byte[]> swarm = gyre.get(gyre.admin(RunningGyre.SIGNALLING).resolve("/api/swarm"));
    try {
      JsonNode site =
          swarm.statusCode() == 200
              ? JSON.readTree(swarm.body()).path("sites").path(0)
              : JSON.missingNode();
      return new Census(
          site.path("peers").path("visitors").asInt(),
          visitorHoldings(site.path("present")),
          site.path("manifests").asInt(),
          site.path("badChunks").asLong());
    } catch (IOException e) {
      throw new UncheckedIOException("/api/swarm is not JSON", e);
    }
  }

  /** Digests that visitors announced, each as often as one of them holds it. */
  private static int visitorHoldings(JsonNode present) {
    int holdings = 0;
    for (JsonNode peer : present) {
      holdings += peer.path("kind").asText().equals("VISITOR") ? peer.path("digests").asInt() : 0;
    }
    return holdings;
  }
}
