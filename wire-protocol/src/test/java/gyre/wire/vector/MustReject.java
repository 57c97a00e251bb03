package gyre.wire.vector;

import gyre.wire.Bytes;
import gyre.wire.KeyId;
import gyre.wire.Limits;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** What no decoder may accept. */
final class MustReject {
  /** {@code codec}: client, server, signal, frames, manifest or token. */
  record Case(String name, String codec, String bytes, String reason) {}

  private final List<Case> cases = new ArrayList<>();

  private MustReject() {}

  static List<Case> all() {
    MustReject all = new MustReject();
    all.forms();
    all.clientMessages();
    all.serverMessages();
    all.signals();
    all.varints();
    all.frames();
    all.headers();
    all.manifests();
    all.tokens();
    return List.copyOf(all.cases);
  }

  private void reject(String codec, String name, String hex, String reason) {
    cases.add(new Case(codec + ": " + name, codec, hex, reason));
  }

  private void reject(String codec, String name, Raw raw, String reason) {
    reject(codec, name, raw.toHex(), reason);
  }

  /** MessagePack that is not the protocol's subset; shown with ping and page. */
  private void forms() {
    reject("client", "nothing at all", "", "no array");
    reject("client", "an empty array", "90", "no tag");
    reject("client", "no array", "0a", "a message is an array");
    reject("client", "a map", "820a0101", "no maps");
    reject("client", "nil", "920ac0", "no nil");
    reject("client", "a negative integer", "920aff", "no negative integers");
    reject("client", "int8", "920ad001", "no signed forms");
    reject("client", "int64", "920ad30000000000000001", "no signed forms");
    reject("client", "float32", "920aca3f800000", "no floats");
    reject("client", "float64", "920acb3ff0000000000000", "no floats");
    reject("client", "fixext1", "920ad40100", "no extension types");
    reject("client", "ext8", "920ac70101ff", "no extension types");
    reject("client", "timestamp", "920ad6ff00000000", "no extension types");
    reject("client", "the byte that is never used", "920ac1", "0xc1 has no meaning");
    reject("client", "a boolean for an integer", "920ac3", "wrong type");
    reject("client", "a string for an integer", "920aa131", "wrong type");
    reject("client", "bytes for a string", "9203c40161", "wrong type");
    reject("client", "a string for bytes", "9202a161", "wrong type");
    reject("client", "127 in uint8", "920acc7f", "not the shortest form");
    reject("client", "255 in uint16", "920acd00ff", "not the shortest form");
    reject("client", "65535 in uint32", "920ace0000ffff", "not the shortest form");
    reject("client", "2^32-1 in uint64", "920acf00000000ffffffff", "not the shortest form");
    reject("client", "2^53", "920acf0020000000000000", "past 2^53-1");
    reject("client", "2^64-1", "920acfffffffffffffffff", "past 2^53-1");
    reject("client", "array16 of two", "dc00020a01", "not the shortest form");
    reject("client", "array32 of two", "dd000000020a01", "not the shortest form");
    reject("client", "str8 of one", "9203d90161", "not the shortest form");
    reject("client", "str16 of one", "9203da000161", "not the shortest form");
    reject("client", "str32 of one", "9203db0000000161", "not the shortest form");
    reject("client", "bin16 of one", "9302c5000101", "not the shortest form, and wrong arity");
    reject("client", "a relay in bin16", relayHead() + "c5000101", "not the shortest form");
    reject("client", "a relay in bin32", relayHead() + "c60000000101", "not the shortest form");
    reject("client", "a tag in uint8", "92cc0a01", "not the shortest form");
    reject("client", "cut inside an integer", "920acd01", "ends too early");
    reject("client", "cut before a field", "920a", "ends too early");
    reject("client", "cut inside a string", "9203a56162", "ends too early");
    reject("client", "cut inside bytes", relayHead() + "c4050102", "ends too early");
    reject("client", "bytes after the message", "920a0100", "trailing bytes");
    reject("client", "too few fields", "910a", "wrong arity");
    reject("client", "too many fields", "930a0101", "wrong arity");
    reject("client", "a string of 2^32-1 bytes", "9203dbffffffff61", "declared, not there");
    reject("client", "bytes of 2^32-1", relayHead() + "c6ffffffff01", "declared, not there");
    reject("client", "an array of 2^32-1", "9209ddffffffff", "declared, not there");
    reject("client", "a message of 2^32-1 fields", "ddffffffff0a01", "declared, not there");
    reject("client", "UTF-8: a lone byte", "9203a180", "not UTF-8");
    reject("client", "UTF-8: cut short", "9203a2e282", "not UTF-8");
    reject("client", "UTF-8: overlong", "9203a2c080", "not UTF-8");
    reject("client", "UTF-8: a surrogate", "9203a3eda080", "not UTF-8");
    reject("client", "UTF-8: past U+10FFFF", "9203a4f4908080", "not UTF-8");
  }

  private static String relayHead() {
    return Raw.array(3).uint(8).text(Samples.BOB.text()).toHex();
  }

  private void clientMessages() {
    Raw hello = Raw.array(6).uint(1);
    reject(
        "client",
        "hello: version past 2^31-1",
        hello.uint(1L << 31).bytes(0).bytes(0).text("").uint(0),
        "over the limit");
    reject(
        "client",
        "hello: token of 1025",
        Raw.array(6).uint(1).uint(1).bytes(Limits.TOKEN + 1).bytes(0).text("").uint(0),
        "over the limit");
    reject(
        "client",
        "hello: resume of 15",
        Raw.array(6).uint(1).uint(1).bytes(0).bytes(15).text("").uint(0),
        "16 bytes or none");
    reject(
        "client",
        "hello: resume of 17",
        Raw.array(6).uint(1).uint(1).bytes(0).bytes(17).text("").uint(0),
        "16 bytes or none");
    reject("client", "prove: 63 bytes", Raw.array(2).uint(2).bytes(63), "64 bytes");
    reject("client", "prove: 65 bytes", Raw.array(2).uint(2).bytes(65), "64 bytes");
    reject(
        "client",
        "page: 2049 bytes",
        Raw.array(2).uint(3).text("x".repeat(Limits.RESOURCE + 1)),
        "over the limit");
    reject(
        "client",
        "announce: a digest of 31",
        Raw.array(5).uint(4).nested(1).bytes(31).nested(0).nested(0).nested(0),
        "32 bytes");
    reject(
        "client",
        "announce: 1025 digests declared",
        Raw.array(5).uint(4).hex("dc0401"),
        "over the limit");
    reject("client", "announce: no name of an app", announceApp("@" + Samples.ONE), "app id");
    reject("client", "announce: no code of an app", announceApp("search"), "app id");
    reject("client", "announce: a short code", announceApp("search@abc"), "app id");
    reject("client", "announce: a capital", announceApp("Search@" + Samples.ONE), "app id");
    reject(
        "client",
        "locate: 65 digests declared",
        Raw.array(5).uint(5).uint(1).nested(0).hex("dc0041"),
        "over the limit");
    reject(
        "client",
        "publish: 65 manifests declared",
        Raw.array(3).uint(6).hex("dc0041"),
        "over the limit");
    reject(
        "client",
        "publish: a manifest of 16385 declared",
        Raw.array(3).uint(6).nested(1).hex("c54001"),
        "over the limit");
    reject(
        "client",
        "publish: a page of three fields",
        Raw.array(3).uint(6).nested(0).nested(1).nested(3).text("").nested(0).uint(0),
        "wrong arity");
    reject(
        "client",
        "withdraw: 129 resources declared",
        Raw.array(3).uint(7).uint(1).hex("dc0081"),
        "over the limit");
    reject("client", "relay: 16385 bytes declared", relayHead() + "c54001", "over the limit");
    reject("client", "relay: to nobody", relayTo(""), "peer id");
    reject("client", "relay: no node", relayTo("-" + "A".repeat(22)), "peer id");
    reject(
        "client", "relay: a node of 17", relayTo("n".repeat(17) + "-" + "A".repeat(22)), "peer id");
    reject("client", "relay: a capital in the node", relayTo("N1-" + "A".repeat(22)), "peer id");
    reject("client", "relay: 21 random characters", relayTo("n1-" + "A".repeat(21)), "peer id");
    reject("client", "relay: a slash", relayTo("n1-" + "A".repeat(21) + "/"), "peer id");
    reject(
        "client",
        "report: 65 peers declared",
        Raw.array(2).uint(9).hex("dc0041"),
        "over the limit");
    reject(
        "client",
        "report: four fields of a peer",
        Raw.array(2).uint(9).nested(1).nested(4).text(Samples.BOB.text()).uint(0).uint(0).uint(0),
        "wrong arity");
  }

  private static Raw announceApp(String app) {
    return Raw.array(5).uint(4).nested(0).nested(0).nested(1).text(app).nested(0);
  }

  private static Raw relayTo(String peer) {
    return Raw.array(3).uint(8).text(peer).bytes(1);
  }

  private void serverMessages() {
    reject("server", "nothing at all", "", "no array");
    reject("server", "welcome: resume of 15", welcome(15, "c3", ""), "16 bytes");
    reject("server", "welcome: resume of none", welcome(0, "c3", ""), "16 bytes");
    reject("server", "welcome: resumed is 1", welcome(16, "01", ""), "a boolean");
    reject("server", "welcome: bytes after it", welcome(16, "c2", "00"), "trailing bytes");
    reject("server", "challenge: 31 bytes", Raw.array(2).uint(66).bytes(31), "32 bytes");
    reject(
        "server",
        "located: 129 manifests declared",
        Raw.array(5).uint(67).uint(1).hex("dc0081"),
        "over the limit");
    reject(
        "server",
        "located: 17 providers declared",
        Raw.array(5).uint(67).uint(1).nested(0).nested(1).nested(2).bytes(32).hex("dc0011"),
        "over the limit");
    reject(
        "server",
        "located: a provider without peers",
        Raw.array(5).uint(67).uint(1).nested(0).nested(1).nested(1).bytes(32).nested(0),
        "wrong arity");
    reject("server", "relayed: from nobody", Raw.array(3).uint(68).text("n1").bytes(1), "peer id");
    reject("server", "hint: two fields", Raw.array(2).uint(69).nested(0), "wrong arity");
    reject("server", "refused: code 0", Raw.array(3).uint(70).uint(0).text(""), "unknown code");
    reject("server", "refused: code 9", Raw.array(3).uint(70).uint(9).text(""), "unknown code");
    reject(
        "server",
        "refused: a reason of 257",
        Raw.array(3).uint(70).uint(1).text("x".repeat(257)),
        "over the limit");
    reject("server", "goaway: nil", "9247c0", "no nil");
    reject("server", "pong: no nonce", "9148", "wrong arity");
  }

  private static Raw welcome(int resume, String resumed, String after) {
    return Raw.array(8)
        .uint(65)
        .text(Samples.ALICE.text())
        .uint(20_000)
        .bytes(resume)
        .hex(resumed)
        .nested(0)
        .nested(0)
        .nested(0)
        .hex(after);
  }

  private void signals() {
    Bytes connection = Samples.CONNECTION;
    reject("signal", "nothing at all", "", "no array");
    reject("signal", "kind 0", Raw.array(3).uint(0).bytes(connection).text(""), "unknown kind");
    reject("signal", "kind 5", Raw.array(3).uint(5).bytes(connection).text(""), "unknown kind");
    reject(
        "signal",
        "offer: four fields",
        Raw.array(4).uint(1).bytes(connection).text("").bytes(0),
        "wrong arity");
    reject(
        "signal",
        "offer: a connection of 7",
        Raw.array(5).uint(1).bytes(7).text("").bytes(0).bytes(0),
        "8 bytes");
    reject(
        "signal",
        "offer: an sdp of 12289 declared",
        Raw.array(5).uint(1).bytes(connection).hex("da3001"),
        "over the limit");
    reject(
        "signal",
        "offer: a signature of 1",
        Raw.array(5).uint(1).bytes(connection).text("").bytes(0).bytes(1),
        "64 bytes or none");
    reject(
        "signal",
        "answer: a token of 1025",
        Raw.array(5).uint(2).bytes(connection).text("").bytes(1_025).bytes(0),
        "over the limit");
    reject(
        "signal",
        "candidate: line 65536",
        Raw.array(5).uint(3).bytes(connection).text("").text("").uint(65_536),
        "over the limit");
    reject(
        "signal",
        "candidate: 1025 bytes",
        Raw.array(5).uint(3).bytes(connection).text("x".repeat(1_025)).text("").uint(0),
        "over the limit");
    reject(
        "signal",
        "bye: bytes after it",
        Raw.array(3).uint(4).bytes(connection).text("").uint(0),
        "trailing bytes");
  }

  private void varints() {
    reject("frames", "nothing at all", "", "no frame");
    reject("frames", "a type alone", "05", "ends too early");
    reject("frames", "no length", "0501", "ends too early");
    reject("frames", "an exchange without an end", "0581", "ends too early");
    reject("frames", "exchange 1 in two bytes", "05810000", "not the shortest form");
    reject("frames", "length 0 in two bytes", "05018000", "not the shortest form");
    reject("frames", "exchange 2^31", "05808080800800", "not below 2^31");
    reject("frames", "exchange 2^35-1", "05ffffffff7f00", "not below 2^31");
    reject("frames", "exchange of six bytes", "0581808080800100", "more than 5 bytes");
    reject("frames", "exchange without end", "05ffffffffffffffffff", "more than 5 bytes");
  }

  private void frames() {
    reject("frames", "a payload of 65537 declared", "030181800400", "over the limit");
    reject("frames", "a payload of 2^31-1 declared", "0301ffffffff0700", "over the limit");
    reject("frames", "a payload cut short", "0301050102", "ends too early");
    reject("frames", "the second frame cut short", "05010003010501", "ends too early");
    reject("frames", "an end with a payload", "05010100", "an end is empty");
    reject("frames", "an unknown type cut short", "080105", "ends too early");
    reject("frames", "request: no array", frame(1, "c0"), "no array");
    reject(
        "frames",
        "request: two fields",
        frame(1, Raw.array(2).text("GET").text("/")),
        "wrong arity");
    reject(
        "frames",
        "request: bytes after it",
        frame(1, Raw.array(3).text("GET").text("/").nested(0).uint(0)),
        "trailing bytes");
    reject("frames", "request: no method", request("", "/"), "a token");
    reject("frames", "request: a blank in the method", request("G T", "/"), "a token");
    reject("frames", "request: a method of 33", request("G".repeat(33), "/"), "over the limit");
    reject("frames", "request: no target", request("GET", ""), "a target");
    reject("frames", "request: a blank in the target", request("GET", "/a b"), "a target");
    reject("frames", "request: a line break in the target", request("GET", "/a\r\nb"), "a target");
    reject(
        "frames", "request: a letter beyond ASCII in the target", request("GET", "/é"), "a target");
    reject(
        "frames",
        "request: a target of 8193 declared",
        frame(1, Raw.array(3).text("GET").hex("da2001")),
        "over the limit");
    reject("frames", "response: status 100", response(100), "200 to 599");
    reject("frames", "response: status 199", response(199), "200 to 599");
    reject("frames", "response: status 600", response(600), "200 to 599");
    reject("frames", "cancel: code 6", frame(6, Raw.array(2).uint(6).text("")), "unknown code");
    reject(
        "frames",
        "cancel: a reason of 257",
        frame(6, Raw.array(2).uint(0).text("x".repeat(257))),
        "over the limit");
    reject("frames", "credit: no array", frame(7, "01"), "no array");
    reject("frames", "credit: no number", frame(7, "91c0"), "no nil");
    reject("frames", "credit: negative", frame(7, "91ff"), "no negative integers");
    reject("frames", "credit: bytes after it", frame(7, "910101"), "trailing bytes");
    reject("frames", "credit: empty", frame(7, ""), "no array");
  }

  private void headers() {
    reject(
        "frames",
        "headers: 101 declared",
        frame(2, Raw.array(2).uint(200).hex("dc0065")),
        "over the limit");
    reject("frames", "headers: no name", header("", "a"), "a token in lower case");
    reject("frames", "headers: a capital", header("Etag", "a"), "a token in lower case");
    reject("frames", "headers: a colon", header("a:b", "a"), "a token in lower case");
    reject("frames", "headers: a name of 257", header("a".repeat(257), ""), "over the limit");
    reject("frames", "headers: CR LF", header("a", "b\r\nc: d"), "a field value");
    reject("frames", "headers: LF", header("a", "b\nc"), "a field value");
    reject("frames", "headers: NUL", header("a", "b\0"), "a field value");
    reject("frames", "headers: DEL", header("a", "b\u007f"), "a field value");
    reject(
        "frames",
        "headers: three fields",
        frame(2, Raw.array(2).uint(200).nested(1).nested(3).text("a").text("b").text("c")),
        "wrong arity");
    Raw heavy = Raw.array(2).uint(200).nested(5);
    for (int i = 0; i < 5; i++) {
      heavy.nested(2).text("a").text("x".repeat(7_000));
    }
    reject("frames", "headers: 35005 bytes in all", frame(2, heavy), "over the limit");
  }

  private static String request(String method, String target) {
    return frame(1, Raw.array(3).text(method).text(target).nested(0));
  }

  private static String response(int status) {
    return frame(2, Raw.array(2).uint(status).nested(0));
  }

  private static String header(String name, String value) {
    return frame(2, Raw.array(2).uint(200).nested(1).nested(2).text(name).text(value));
  }

  private static String frame(int type, Raw payload) {
    return frame(type, payload.toHex());
  }

  /** A frame of exchange 1. */
  private static String frame(int type, String payload) {
    StringBuilder hex = new StringBuilder(HexFormat.of().toHexDigits((byte) type)).append("01");
    int rest = payload.length() / 2;
    while (rest >= 0x80) {
      hex.append(HexFormat.of().toHexDigits((byte) (rest | 0x80)));
      rest >>>= 7;
    }
    return hex.append(HexFormat.of().toHexDigits((byte) rest)).append(payload).toString();
  }

  private void manifests() {
    reject("manifest", "nothing at all", "", "no array");
    reject("manifest", "no body", Raw.array(2).bytes(0).bytes(64), "no array");
    reject(
        "manifest",
        "a signature of 63",
        Raw.array(2).bytes(body(200, 1, 32)).bytes(63),
        "64 bytes");
    reject(
        "manifest",
        "bytes after it",
        Raw.array(2).bytes(body(200, 1, 32)).bytes(64).uint(0),
        "trailing bytes");
    reject(
        "manifest",
        "version 2",
        envelope(Bytes.owning(Raw.array(12).uint(2).toArray())),
        "unknown version");
    reject(
        "manifest",
        "eleven fields",
        envelope(Bytes.owning(Raw.array(11).uint(1).toArray())),
        "wrong arity");
    reject("manifest", "status 199", envelope(body(199, 1, 32)), "200 to 599");
    reject("manifest", "status 600", envelope(body(600, 1, 32)), "200 to 599");
    reject("manifest", "no hash for one byte", envelope(body(200, 1, 0)), "a hash per chunk");
    reject("manifest", "half a hash", envelope(body(200, 1, 16)), "a hash per chunk");
    reject("manifest", "a hash too many", envelope(body(200, 1, 64)), "a hash per chunk");
    reject("manifest", "a hash for no bytes", envelope(body(200, 0, 32)), "a hash per chunk");
    reject(
        "manifest",
        "65 hashes inline",
        envelope(body(200, 64L * Limits.CHUNK + 1, 65 * 32)),
        "over the limit");
    reject(
        "manifest",
        "hashes inline where 65 chunks are",
        envelope(body(200, 64L * Limits.CHUNK + 1, 64 * 32)),
        "a hash per chunk");
    reject(
        "manifest",
        "a representation past 2^30",
        envelope(body(200, Limits.REPRESENTATION + 1, 0)),
        "over the limit");
    reject(
        "manifest",
        "a lifetime of ten minutes and 1 ms",
        envelope(body("example", 200, 1, 32, 600_001)),
        "over the limit");
    reject(
        "manifest",
        "a site of 65",
        envelope(body("s".repeat(65), 200, 1, 32, 600_000)),
        "over the limit");
  }

  private static Bytes body(int status, long size, int hashes) {
    return body("example", status, size, hashes, 600_000);
  }

  private static Bytes body(String site, int status, long size, int hashes, long lifetime) {
    return Bytes.owning(
        Raw.array(12)
            .uint(1)
            .text(site)
            .text(Samples.PAGE)
            .uint(status)
            .nested(0)
            .uint(size)
            .bytes(32)
            .bytes(hashes)
            .uint(1_800_000_000_000L)
            .uint(lifetime)
            .uint(1)
            .bytes(KeyId.LENGTH)
            .toArray());
  }

  private static Raw envelope(Bytes body) {
    return Raw.array(2).bytes(body).bytes(64);
  }

  private void tokens() {
    reject("token", "nothing at all", "", "no array");
    reject("token", "no payload", Raw.array(2).bytes(0).bytes(64), "no array");
    reject(
        "token", "a signature of 65", Raw.array(2).bytes(payload(1, 16, 0)).bytes(65), "64 bytes");
    reject(
        "token",
        "three fields",
        Raw.array(3).bytes(payload(1, 16, 0)).bytes(64).uint(0),
        "wrong arity");
    reject(
        "token",
        "version 2",
        envelope(Bytes.owning(Raw.array(7).uint(2).toArray())),
        "unknown version");
    reject("token", "kind 0", envelope(payload(0, 16, 32)), "unknown kind");
    reject("token", "kind 4", envelope(payload(4, 16, 32)), "unknown kind");
    reject("token", "a nonce of 15", envelope(payload(1, 15, 0)), "16 bytes");
    reject("token", "a subject of 31", envelope(payload(1, 16, 31)), "32 bytes or none");
    reject("token", "a worker without a subject", envelope(payload(2, 16, 0)), "32 bytes");
    reject("token", "a proxy without a subject", envelope(payload(3, 16, 0)), "32 bytes");
    reject(
        "token",
        "bytes after the payload",
        envelope(Bytes.owning(token(1, 16, 0).uint(0).toArray())),
        "trailing bytes");
  }

  private static Bytes payload(int kind, int nonce, int subject) {
    return Bytes.owning(token(kind, nonce, subject).toArray());
  }

  private static Raw token(int kind, int nonce, int subject) {
    return Raw.array(7)
        .uint(1)
        .text("example")
        .uint(kind)
        .uint(1_800_000_000_000L)
        .bytes(nonce)
        .bytes(subject)
        .bytes(KeyId.LENGTH);
  }
}
