package gyre.wire.vector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gyre.wire.Bytes;
import gyre.wire.PeerFrame;
import gyre.wire.codec.ClientMessageCodec;
import gyre.wire.codec.FrameBatch;
import gyre.wire.codec.PeerSignalCodec;
import gyre.wire.codec.ServerMessageCodec;
import gyre.wire.manifest.SignedManifest;
import gyre.wire.token.SignedToken;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the files of vectors from the catalogue. To write them, after the protocol has changed: run
 * {@code main} in wire-protocol.
 */
final class VectorWriter {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private VectorWriter() {}

  public static void main(String[] arguments) {
    files().forEach(Vectors::write);
  }

  static Map<String, ArrayNode> files() {
    Map<String, ArrayNode> files = new LinkedHashMap<>();
    files.put("signalling-client.json", clientMessages());
    files.put("signalling-server.json", serverMessages());
    files.put("signals.json", signals());
    files.put("frames.json", frames());
    files.put("manifest.json", manifests());
    files.put("token.json", tokens());
    files.put("signed-bytes.json", signedBytes());
    files.put("digest.json", digests());
    files.put("unknown.json", unknown());
    files.put("must-reject.json", mustReject());
    return files;
  }

  static byte[] encode(List<PeerFrame> frames) {
    FrameBatch batch = new FrameBatch();
    for (PeerFrame frame : frames) {
      if (!batch.add(frame)) {
        throw new IllegalArgumentException("more frames than a message holds");
      }
    }
    return batch.take();
  }

  private static ArrayNode clientMessages() {
    ArrayNode all = JSON.arrayNode();
    Golden.clientMessages()
        .forEach(
            (name, message) ->
                all.add(
                    vector(
                        name,
                        Description.ofMessage((Record) message),
                        ClientMessageCodec.encode(message))));
    return all;
  }

  private static ArrayNode serverMessages() {
    ArrayNode all = JSON.arrayNode();
    Golden.serverMessages()
        .forEach(
            (name, message) ->
                all.add(
                    vector(
                        name,
                        Description.ofMessage((Record) message),
                        ServerMessageCodec.encode(message))));
    return all;
  }

  private static ArrayNode signals() {
    ArrayNode all = JSON.arrayNode();
    Golden.signals()
        .forEach(
            (name, signal) ->
                all.add(
                    vector(
                        name,
                        Description.ofMessage((Record) signal),
                        PeerSignalCodec.encode(signal))));
    return all;
  }

  private static ArrayNode frames() {
    ArrayNode all = JSON.arrayNode();
    Golden.frames()
        .forEach((name, frames) -> all.add(vector(name, describe(frames), encode(frames))));
    return all;
  }

  static ArrayNode describe(List<PeerFrame> frames) {
    ArrayNode all = JSON.arrayNode();
    frames.forEach(frame -> all.add(Description.ofMessage((Record) frame)));
    return all;
  }

  private static ArrayNode manifests() {
    ArrayNode all = JSON.arrayNode();
    GoldenSigned.manifests().forEach((name, signed) -> all.add(manifest(name, signed)));
    return all;
  }

  private static ObjectNode manifest(String name, SignedManifest signed) {
    return signed(
        vector(name, Description.ofFields(signed.manifest()), signed.encoded().toArray()),
        signed.body(),
        signed.signature());
  }

  private static ArrayNode tokens() {
    ArrayNode all = JSON.arrayNode();
    GoldenSigned.tokens().forEach((name, signed) -> all.add(token(name, signed)));
    return all;
  }

  private static ObjectNode token(String name, SignedToken signed) {
    return signed(
        vector(name, Description.ofFields(signed.token()), signed.encoded().toArray()),
        signed.payload(),
        signed.signature());
  }

  private static ObjectNode signed(ObjectNode vector, Bytes signedBytes, Bytes signature) {
    vector.put("signed", Description.hex(signedBytes));
    vector.put("signature", Description.hex(signature));
    vector.put("key", Description.hex(Samples.SITE_KEY.verifyingKey().raw()));
    return vector;
  }

  private static ArrayNode signedBytes() {
    ArrayNode all = JSON.arrayNode();
    Map<String, ObjectNode> inputs = new LinkedHashMap<>();
    inputs.put("proof", JSON.objectNode().put("nonce", Description.hex(Samples.ramp(32, 200))));
    inputs.put("offer", signal(Samples.ALICE.text(), Samples.BOB.text()));
    inputs.put("answer", signal(Samples.BOB.text(), Samples.ALICE.text()));
    GoldenSigned.signedBytes()
        .forEach(
            (name, bytes) -> {
              ObjectNode vector = vector(name, inputs.get(name), bytes);
              vector.put("signature", Description.hex(Samples.SITE_KEY.sign(bytes)));
              vector.put("key", Description.hex(Samples.SITE_KEY.verifyingKey().raw()));
              all.add(vector);
            });
    return all;
  }

  private static ObjectNode signal(String from, String to) {
    return JSON.objectNode()
        .put("connection", Description.hex(Samples.CONNECTION))
        .put("from", from)
        .put("to", to)
        .put("sdp", Samples.SDP);
  }

  private static ArrayNode digests() {
    ArrayNode all = JSON.arrayNode();
    GoldenSigned.digests()
        .forEach(
            (size, digest) ->
                all.add(
                    JSON.objectNode().put("size", (long) size).put("digest", digest.toString())));
    return all;
  }

  private static ArrayNode unknown() {
    ArrayNode all = JSON.arrayNode();
    Golden.unknown()
        .forEach(
            (name, value) -> {
              int colon = value.indexOf(':');
              all.add(
                  JSON.objectNode()
                      .put("name", name)
                      .put("codec", value.substring(0, colon))
                      .put("bytes", value.substring(colon + 1)));
            });
    return all;
  }

  private static ArrayNode mustReject() {
    ArrayNode all = JSON.arrayNode();
    MustReject.all().forEach(each -> all.add(Description.ofFields(each)));
    return all;
  }

  private static ObjectNode vector(String name, JsonNode message, byte[] bytes) {
    ObjectNode vector = JSON.objectNode();
    vector.put("name", name);
    vector.set("message", message);
    vector.put("bytes", Description.hex(Bytes.copyOf(bytes)));
    return vector;
  }
}
