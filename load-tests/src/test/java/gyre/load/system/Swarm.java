package gyre.load.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gyre.load.process.RunningGyre;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;

/**
 * What the signalling server says of its only site at {@code /api/swarm}; nothing while it is too
 * busy to.
 */
record Swarm(JsonNode site) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static Swarm of(RunningGyre gyre) {
    HttpResponse<byte[]> census =
        gyre.get(gyre.admin(RunningGyre.SIGNALLING).resolve("/api/swarm"));
    if (census.statusCode() != 200) {
      return new Swarm(JSON.missingNode());
    }
    try {
      return new Swarm(JSON.readTree(census.body()).path("sites").path(0));
    } catch (IOException e) {
      throw new UncheckedIOException("/api/swarm is not JSON", e);
    }
  }

  int visitors() {
    return site.path("peers").path("visitors").asInt();
  }

  long badChunks() {
    return site.path("badChunks").asLong();
  }
}
