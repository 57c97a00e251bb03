package gyre.load.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gyre.wire.Bytes;
import gyre.wire.key.VerifyingKey;
import gyre.wire.manifest.ManifestCheck;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * What {@code /.gyre/session} told a visitor (PROTOCOL.md, section 6), as far as a replay needs.
 */
record Session(Bytes token, ManifestCheck check, Duration serverAhead) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static Session parse(byte[] body) throws IOException {
    JsonNode root = JSON.readTree(body);
    List<VerifyingKey> keys = new ArrayList<>();
    for (JsonNode key : root.path("keys")) {
      keys.add(VerifyingKey.parse(key.path("key").asText()));
    }
    String token = root.path("token").asText();
    if (token.isEmpty() || keys.isEmpty()) {
      throw new IOException("the session answer has no token or no keys");
    }
    return new Session(
        Bytes.owning(Base64.getUrlDecoder().decode(token)),
        new ManifestCheck(keys, root.path("site").asText()),
        Duration.between(Instant.now(), Instant.ofEpochMilli(root.path("time").asLong())));
  }

  Instant serverTime() {
    return Instant.now().plus(serverAhead);
  }
}
