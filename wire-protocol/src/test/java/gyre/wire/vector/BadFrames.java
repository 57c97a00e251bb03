package gyre.wire.vector;

import java.util.HexFormat;

/** Frames that are wrong in their head, their payload or their headers. */
record BadFrames(MustReject cases) {

  void add() {
    varints();
    frames();
    headers();
  }

  private void varints() {
    cases.reject("frames", "nothing at all", "", "no frame");
    cases.reject("frames", "a type alone", "05", "ends too early");
    cases.reject("frames", "no length", "0501", "ends too early");
    cases.reject("frames", "an exchange without an end", "0581", "ends too early");
    cases.reject("frames", "exchange 1 in two bytes", "05810000", "not the shortest form");
    cases.reject("frames", "length 0 in two bytes", "05018000", "not the shortest form");
    cases.reject("frames", "exchange 2^31", "05808080800800", "not below 2^31");
    cases.reject("frames", "exchange 2^35-1", "05ffffffff7f00", "not below 2^31");
    cases.reject("frames", "exchange of six bytes", "0581808080800100", "more than 5 bytes");
    cases.reject("frames", "exchange without end", "05ffffffffffffffffff", "more than 5 bytes");
  }

  private void frames() {
    cases.reject("frames", "a payload of 65537 declared", "030181800400", "over the limit");
    cases.reject("frames", "a payload of 2^31-1 declared", "0301ffffffff0700", "over the limit");
    cases.reject("frames", "a payload cut short", "0301050102", "ends too early");
    cases.reject("frames", "the second frame cut short", "05010003010501", "ends too early");
    cases.reject("frames", "an end with a payload", "05010100", "an end is empty");
    cases.reject("frames", "an unknown type cut short", "080105", "ends too early");
    cases.reject("frames", "request: no array", frame(1, "c0"), "no array");
    cases.reject(
        "frames",
        "request: two fields",
        frame(1, Raw.array(2).text("GET").text("/")),
        "wrong arity");
    cases.reject(
        "frames",
        "request: bytes after it",
        frame(1, Raw.array(3).text("GET").text("/").nested(0).uint(0)),
        "trailing bytes");
    cases.reject("frames", "request: no method", request("", "/"), "a token");
    cases.reject("frames", "request: a blank in the method", request("G T", "/"), "a token");
    cases.reject(
        "frames", "request: a method of 33", request("G".repeat(33), "/"), "over the limit");
    cases.reject("frames", "request: no target", request("GET", ""), "a target");
    cases.reject("frames", "request: a blank in the target", request("GET", "/a b"), "a target");
    cases.reject(
        "frames", "request: a line break in the target", request("GET", "/a\r\nb"), "a target");
    cases.reject(
        "frames", "request: a letter beyond ASCII in the target", request("GET", "/é"), "a target");
    cases.reject(
        "frames",
        "request: a target of 8193 declared",
        frame(1, Raw.array(3).text("GET").hex("da2001")),
        "over the limit");
    cases.reject("frames", "response: status 100", response(100), "200 to 599");
    cases.reject("frames", "response: status 199", response(199), "200 to 599");
    cases.reject("frames", "response: status 600", response(600), "200 to 599");
    cases.reject(
        "frames", "cancel: code 6", frame(6, Raw.array(2).uint(6).text("")), "unknown code");
    cases.reject(
        "frames",
        "cancel: a reason of 257",
        frame(6, Raw.array(2).uint(0).text("x".repeat(257))),
        "over the limit");
    cases.reject("frames", "credit: no array", frame(7, "01"), "no array");
    cases.reject("frames", "credit: no number", frame(7, "91c0"), "no nil");
    cases.reject("frames", "credit: negative", frame(7, "91ff"), "no negative integers");
    cases.reject("frames", "credit: bytes after it", frame(7, "910101"), "trailing bytes");
    cases.reject("frames", "credit: empty", frame(7, ""), "no array");
  }

  private void headers() {
    cases.reject(
        "frames",
        "headers: 101 declared",
        frame(2, Raw.array(2).uint(200).hex("dc0065")),
        "over the limit");
    cases.reject("frames", "headers: no name", header("", "a"), "a token in lower case");
    cases.reject("frames", "headers: a capital", header("Etag", "a"), "a token in lower case");
    cases.reject("frames", "headers: a colon", header("a:b", "a"), "a token in lower case");
    cases.reject("frames", "headers: a name of 257", header("a".repeat(257), ""), "over the limit");
    cases.reject("frames", "headers: CR LF", header("a", "b\r\nc: d"), "a field value");
    cases.reject("frames", "headers: LF", header("a", "b\nc"), "a field value");
    cases.reject("frames", "headers: NUL", header("a", "b\0"), "a field value");
    cases.reject("frames", "headers: ESC", header("a", "b\u001b"), "a field value");
    cases.reject("frames", "headers: DEL", header("a", "b\u007f"), "a field value");
    cases.reject(
        "frames",
        "headers: three fields",
        frame(2, Raw.array(2).uint(200).nested(1).nested(3).text("a").text("b").text("c")),
        "wrong arity");
    Raw heavy = Raw.array(2).uint(200).nested(5);
    for (int i = 0; i < 5; i++) {
      heavy.nested(2).text("a").text("x".repeat(7_000));
    }
    cases.reject("frames", "headers: 35005 bytes in all", frame(2, heavy), "over the limit");
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
}
