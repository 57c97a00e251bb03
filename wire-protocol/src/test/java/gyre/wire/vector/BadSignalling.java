package gyre.wire.vector;

import gyre.wire.Bytes;
import gyre.wire.Limits;

/** Messages of signalling and relay payloads whose fields are wrong. */
record BadSignalling(MustReject cases) {

  void add() {
    clientMessages();
    serverMessages();
    signals();
  }

  private void clientMessages() {
    Raw hello = Raw.array(6).uint(1);
    cases.reject(
        "client",
        "hello: version past 2^31-1",
        hello.uint(1L << 31).bytes(0).bytes(0).text("").uint(0),
        "over the limit");
    cases.reject(
        "client",
        "hello: token of 1025",
        Raw.array(6).uint(1).uint(1).bytes(Limits.TOKEN + 1).bytes(0).text("").uint(0),
        "over the limit");
    cases.reject(
        "client",
        "hello: resume of 15",
        Raw.array(6).uint(1).uint(1).bytes(0).bytes(15).text("").uint(0),
        "16 bytes or none");
    cases.reject(
        "client",
        "hello: resume of 17",
        Raw.array(6).uint(1).uint(1).bytes(0).bytes(17).text("").uint(0),
        "16 bytes or none");
    cases.reject("client", "prove: 63 bytes", Raw.array(2).uint(2).bytes(63), "64 bytes");
    cases.reject("client", "prove: 65 bytes", Raw.array(2).uint(2).bytes(65), "64 bytes");
    cases.reject(
        "client",
        "page: 2049 bytes",
        Raw.array(2).uint(3).text("x".repeat(Limits.RESOURCE + 1)),
        "over the limit");
    cases.reject(
        "client",
        "announce: a digest of 31",
        Raw.array(5).uint(4).nested(1).bytes(31).nested(0).nested(0).nested(0),
        "32 bytes");
    cases.reject(
        "client",
        "announce: 1025 digests declared",
        Raw.array(5).uint(4).hex("dc0401"),
        "over the limit");
    cases.reject("client", "announce: no name of an app", announceApp("@" + Samples.ONE), "app id");
    cases.reject("client", "announce: no code of an app", announceApp("search"), "app id");
    cases.reject(
        "client",
        "announce: a code with stray bits",
        announceApp("search@" + "A".repeat(42) + "B"),
        "app id");
    cases.reject("client", "announce: a short code", announceApp("search@abc"), "app id");
    cases.reject("client", "announce: a capital", announceApp("Search@" + Samples.ONE), "app id");
    cases.reject(
        "client",
        "locate: 65 digests declared",
        Raw.array(5).uint(5).uint(1).nested(0).hex("dc0041"),
        "over the limit");
    cases.reject(
        "client",
        "publish: 65 manifests declared",
        Raw.array(3).uint(6).hex("dc0041"),
        "over the limit");
    cases.reject(
        "client",
        "publish: a manifest of 16385 declared",
        Raw.array(3).uint(6).nested(1).hex("c54001"),
        "over the limit");
    cases.reject(
        "client",
        "publish: a page of three fields",
        Raw.array(3).uint(6).nested(0).nested(1).nested(3).text("").nested(0).uint(0),
        "wrong arity");
    cases.reject(
        "client",
        "withdraw: 129 resources declared",
        Raw.array(3).uint(7).uint(1).hex("dc0081"),
        "over the limit");
    cases.reject(
        "client", "relay: 16385 bytes declared", BadForms.relayHead() + "c54001", "over the limit");
    cases.reject("client", "relay: to nobody", relayTo(""), "peer id");
    cases.reject("client", "relay: no node", relayTo("-" + "A".repeat(22)), "peer id");
    cases.reject(
        "client", "relay: a node of 17", relayTo("n".repeat(17) + "-" + "A".repeat(22)), "peer id");
    cases.reject(
        "client", "relay: a capital in the node", relayTo("N1-" + "A".repeat(22)), "peer id");
    cases.reject(
        "client", "relay: 21 random characters", relayTo("n1-" + "A".repeat(21)), "peer id");
    cases.reject("client", "relay: a slash", relayTo("n1-" + "A".repeat(21) + "/"), "peer id");
    cases.reject(
        "client",
        "report: 65 peers declared",
        Raw.array(2).uint(9).hex("dc0041"),
        "over the limit");
    cases.reject(
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
    cases.reject("server", "nothing at all", "", "no array");
    cases.reject("server", "welcome: resume of 15", welcome(15, "c3", ""), "16 bytes");
    cases.reject("server", "welcome: resume of none", welcome(0, "c3", ""), "16 bytes");
    cases.reject("server", "welcome: resumed is 1", welcome(16, "01", ""), "a boolean");
    cases.reject("server", "welcome: bytes after it", welcome(16, "c2", "00"), "trailing bytes");
    cases.reject("server", "challenge: 31 bytes", Raw.array(2).uint(66).bytes(31), "32 bytes");
    cases.reject(
        "server",
        "located: 129 manifests declared",
        Raw.array(5).uint(67).uint(1).hex("dc0081"),
        "over the limit");
    cases.reject(
        "server",
        "located: 17 providers declared",
        Raw.array(5).uint(67).uint(1).nested(0).nested(1).nested(2).bytes(32).hex("dc0011"),
        "over the limit");
    cases.reject(
        "server",
        "located: a provider without peers",
        Raw.array(5).uint(67).uint(1).nested(0).nested(1).nested(1).bytes(32).nested(0),
        "wrong arity");
    cases.reject(
        "server", "relayed: from nobody", Raw.array(3).uint(68).text("n1").bytes(1), "peer id");
    cases.reject("server", "hint: two fields", Raw.array(2).uint(69).nested(0), "wrong arity");
    cases.reject(
        "server", "refused: code 0", Raw.array(3).uint(70).uint(0).text(""), "unknown code");
    cases.reject(
        "server", "refused: code 9", Raw.array(3).uint(70).uint(9).text(""), "unknown code");
    cases.reject(
        "server",
        "refused: a reason of 257",
        Raw.array(3).uint(70).uint(1).text("x".repeat(257)),
        "over the limit");
    cases.reject("server", "goaway: nil", "9247c0", "no nil");
    cases.reject("server", "pong: no nonce", "9148", "wrong arity");
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
    cases.reject("signal", "nothing at all", "", "no array");
    cases.reject(
        "signal", "kind 0", Raw.array(3).uint(0).bytes(connection).text(""), "unknown kind");
    cases.reject(
        "signal", "kind 5", Raw.array(3).uint(5).bytes(connection).text(""), "unknown kind");
    cases.reject(
        "signal",
        "offer: four fields",
        Raw.array(4).uint(1).bytes(connection).text("").bytes(0),
        "wrong arity");
    cases.reject(
        "signal",
        "offer: a connection of 7",
        Raw.array(5).uint(1).bytes(7).text("").bytes(0).bytes(0),
        "8 bytes");
    cases.reject(
        "signal",
        "offer: an sdp of 12289 declared",
        Raw.array(5).uint(1).bytes(connection).hex("da3001"),
        "over the limit");
    cases.reject(
        "signal",
        "offer: a signature of 1",
        Raw.array(5).uint(1).bytes(connection).text("").bytes(0).bytes(1),
        "64 bytes or none");
    cases.reject(
        "signal",
        "answer: a token of 1025",
        Raw.array(5).uint(2).bytes(connection).text("").bytes(1_025).bytes(0),
        "over the limit");
    cases.reject(
        "signal",
        "candidate: line 65536",
        Raw.array(5).uint(3).bytes(connection).text("").text("").uint(65_536),
        "over the limit");
    cases.reject(
        "signal",
        "candidate: 1025 bytes",
        Raw.array(5).uint(3).bytes(connection).text("x".repeat(1_025)).text("").uint(0),
        "over the limit");
    cases.reject(
        "signal",
        "bye: bytes after it",
        Raw.array(3).uint(4).bytes(connection).text("").uint(0),
        "trailing bytes");
  }
}
