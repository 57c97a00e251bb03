package gyre.wire.vector;

import static gyre.wire.vector.Samples.ALICE;
import static gyre.wire.vector.Samples.BOB;
import static gyre.wire.vector.Samples.CONNECTION;
import static gyre.wire.vector.Samples.ONE;
import static gyre.wire.vector.Samples.PAGE;
import static gyre.wire.vector.Samples.PICTURE;
import static gyre.wire.vector.Samples.RESIZE;
import static gyre.wire.vector.Samples.RESUME;
import static gyre.wire.vector.Samples.SDP;
import static gyre.wire.vector.Samples.SEARCH;
import static gyre.wire.vector.Samples.SIGNATURE;
import static gyre.wire.vector.Samples.TWO;

import gyre.wire.Bytes;
import gyre.wire.CancelCode;
import gyre.wire.ClientMessage;
import gyre.wire.HeaderField;
import gyre.wire.Limits;
import gyre.wire.PageResources;
import gyre.wire.PeerFrame;
import gyre.wire.PeerReport;
import gyre.wire.PeerSignal;
import gyre.wire.Providers;
import gyre.wire.RefusalCode;
import gyre.wire.Runners;
import gyre.wire.ServerMessage;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The messages of the golden vectors, by name. */
final class Golden {
  private static final Bytes MANIFEST = Samples.ramp(300, 9);
  private static final Bytes TOKEN = Samples.ramp(40, 33);

  /** Where the shortest form of an integer changes. */
  private static final List<Long> INTEGERS =
      List.of(0L, 127L, 128L, 255L, 256L, 65_535L, 65_536L, (1L << 32) - 1, 1L << 32, Limits.UINT);

  private Golden() {}

  static Map<String, ClientMessage> clientMessages() {
    Map<String, ClientMessage> all = new LinkedHashMap<>();
    all.put("hello", new ClientMessage.Hello(1, TOKEN, RESUME, PAGE, 3));
    all.put("hello, bare", new ClientMessage.Hello(1, TOKEN, Bytes.EMPTY, "", 0));
    all.put(
        "hello, longest token",
        new ClientMessage.Hello(
            2, Samples.ramp(Limits.TOKEN, 0), RESUME, PICTURE, Integer.MAX_VALUE));
    all.put("prove", new ClientMessage.Prove(SIGNATURE));
    all.put("page", new ClientMessage.Page(PAGE));
    all.put("page, beyond the BMP", new ClientMessage.Page("//x.test/𝔤yre/é/漢"));
    all.put(
        "announce",
        new ClientMessage.Announce(List.of(ONE, TWO), List.of(TWO), List.of(SEARCH), List.of()));
    all.put(
        "announce, 16 digests",
        new ClientMessage.Announce(
            Collections.nCopies(16, ONE), List.of(), List.of(), List.of(RESIZE)));
    all.put(
        "announce, nothing",
        new ClientMessage.Announce(List.of(), List.of(), List.of(), List.of()));
    all.put(
        "locate",
        new ClientMessage.Locate(7, List.of(PAGE, PICTURE), List.of(ONE), List.of(SEARCH)));
    all.put("locate, apps", new ClientMessage.Locate(128, List.of(), List.of(), List.of(RESIZE)));
    all.put(
        "publish",
        new ClientMessage.Publish(
            List.of(MANIFEST, TOKEN),
            List.of(new PageResources(PAGE, List.of(PICTURE)), new PageResources("", List.of()))));
    all.put("withdraw", new ClientMessage.Withdraw(12, List.of(PICTURE)));
    all.put("withdraw, all", new ClientMessage.Withdraw(65_536, List.of()));
    all.put("relay", new ClientMessage.Relay(BOB, Samples.ramp(200, 0)));
    all.put("relay, nothing", new ClientMessage.Relay(ALICE, Bytes.EMPTY));
    all.put(
        "report",
        new ClientMessage.Report(
            List.of(
                new PeerReport(ALICE, 1L << 32, 255, 0, 12),
                new PeerReport(BOB, 0, 65_535, 256, 127))));
    for (long nonce : INTEGERS) {
      all.put("ping, nonce " + nonce, new ClientMessage.Ping(nonce));
    }
    return all;
  }

  static Map<String, ServerMessage> serverMessages() {
    Map<String, ServerMessage> all = new LinkedHashMap<>();
    List<Providers> providers =
        List.of(new Providers(ONE, List.of(ALICE, BOB)), new Providers(TWO, List.of()));
    all.put(
        "welcome",
        new ServerMessage.Welcome(
            ALICE, 20_000, RESUME, true, List.of(MANIFEST), providers, List.of(BOB)));
    all.put(
        "welcome, nobody here",
        new ServerMessage.Welcome(BOB, 20_000, RESUME, false, List.of(), List.of(), List.of()));
    all.put("challenge", new ServerMessage.Challenge(Samples.ramp(32, 200)));
    all.put(
        "located",
        new ServerMessage.Located(
            7, List.of(MANIFEST), providers, List.of(new Runners(SEARCH, List.of(BOB)))));
    all.put(
        "located, unasked for",
        new ServerMessage.Located(
            0, List.of(), List.of(), List.of(new Runners(RESIZE, List.of()))));
    all.put("relayed", new ServerMessage.Relayed(ALICE, Samples.ramp(200, 0)));
    all.put("hint", new ServerMessage.Hint(List.of(MANIFEST, TOKEN), providers));
    for (RefusalCode code : RefusalCode.values()) {
      all.put("refused, code " + code.code(), new ServerMessage.Refused(code, "because of it"));
    }
    all.put("goaway", new ServerMessage.GoAway(1_500));
    all.put("pong", new ServerMessage.Pong(300));
    return all;
  }

  static Map<String, PeerSignal> signals() {
    Map<String, PeerSignal> all = new LinkedHashMap<>();
    all.put("offer", new PeerSignal.Offer(CONNECTION, SDP, Bytes.EMPTY, Bytes.EMPTY));
    all.put("offer, signed", new PeerSignal.Offer(CONNECTION, SDP, TOKEN, SIGNATURE));
    all.put("answer", new PeerSignal.Answer(CONNECTION, SDP, Bytes.EMPTY, Bytes.EMPTY));
    all.put("answer, signed", new PeerSignal.Answer(CONNECTION, SDP, TOKEN, SIGNATURE));
    all.put(
        "candidate",
        new PeerSignal.Candidate(
            CONNECTION, "candidate:1 1 udp 2122260223 192.0.2.1 49152 typ host", "0", 0));
    all.put("candidate, the last", new PeerSignal.Candidate(CONNECTION, "", "data", 65_535));
    all.put("bye", new PeerSignal.Bye(CONNECTION, "the page goes away"));
    return all;
  }

  static Map<String, List<PeerFrame>> frames() {
    Map<String, List<PeerFrame>> all = new LinkedHashMap<>();
    List<HeaderField> range =
        List.of(new HeaderField("range", "bytes=0-65535"), new HeaderField("te", "zstd"));
    PeerFrame get = new PeerFrame.Request(1, "GET", "/.gyre/c/" + ONE, range);
    all.put("request", List.of(get));
    all.put("request and its end in one message", List.of(get, new PeerFrame.End(1)));
    all.put(
        "request of an app",
        List.of(
            new PeerFrame.Request(
                3, "POST", "https://www.example.com/api/search?q=a%20b", List.of())));
    all.put(
        "response",
        List.of(
            new PeerFrame.Response(
                1,
                206,
                List.of(
                    new HeaderField("content-range", "bytes 0-65535/200000"),
                    new HeaderField("x-note", "tab\tand é"),
                    new HeaderField("x-empty", "")))));
    all.put("response without headers", List.of(new PeerFrame.Response(2, 504, List.of())));
    for (int length : new int[] {0, 1, 127, 128, 300}) {
      all.put(
          "data of " + length + " bytes", List.of(new PeerFrame.Data(1, Samples.ramp(length, 0))));
    }
    all.put("packed", List.of(new PeerFrame.Packed(5, Samples.ramp(20, 0))));
    for (int exchange : new int[] {0, 127, 128, 16_383, 16_384, 2_097_151, Integer.MAX_VALUE}) {
      all.put("end of exchange " + exchange, List.of(new PeerFrame.End(exchange)));
    }
    for (CancelCode code : CancelCode.values()) {
      all.put(
          "cancel, code " + code.code(), List.of(new PeerFrame.Cancel(9, code, "no more of it")));
    }
    all.put("credit", List.of(new PeerFrame.Credit(1, 1 << 20)));
    all.put(
        "frames of several exchanges",
        List.of(
            new PeerFrame.Data(1, Samples.ramp(3, 1)),
            new PeerFrame.Data(2, Samples.ramp(3, 4)),
            new PeerFrame.Credit(1, 65_536),
            new PeerFrame.End(2)));
    return Collections.unmodifiableMap(all);
  }

  /** Messages of what this version does not know and passes over: codec, a colon, bytes. */
  static Map<String, String> unknown() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("client, tag 11 with nil fields", "client:930bc0c0");
    all.put("client, tag 2^32", "client:91cf0000000100000000");
    all.put("server, tag 73", "server:9249a161");
    all.put("frames, type 8", "frames:080103616263");
    all.put("frames, type 255 between two ends", "frames:050100ff010100050300");
    return all;
  }
}
