package gyre.wire.vector;

import gyre.wire.Bytes;
import gyre.wire.KeyId;
import gyre.wire.Limits;

/** Manifests and tokens that are malformed, whatever their signature. */
record BadSigned(MustReject cases) {

  void add() {
    manifests();
    tokens();
  }

  private void manifests() {
    cases.reject("manifest", "nothing at all", "", "no array");
    cases.reject("manifest", "no body", Raw.array(2).bytes(0).bytes(64), "no array");
    cases.reject(
        "manifest",
        "a signature of 63",
        Raw.array(2).bytes(body(200, 1, 32)).bytes(63),
        "64 bytes");
    cases.reject(
        "manifest",
        "bytes after it",
        Raw.array(2).bytes(body(200, 1, 32)).bytes(64).uint(0),
        "trailing bytes");
    cases.reject(
        "manifest",
        "version 2",
        envelope(Bytes.owning(Raw.array(12).uint(2).toArray())),
        "unknown version");
    cases.reject(
        "manifest",
        "eleven fields",
        envelope(Bytes.owning(Raw.array(11).uint(1).toArray())),
        "wrong arity");
    cases.reject("manifest", "status 199", envelope(body(199, 1, 32)), "200 to 599");
    cases.reject("manifest", "status 600", envelope(body(600, 1, 32)), "200 to 599");
    cases.reject("manifest", "no hash for one byte", envelope(body(200, 1, 0)), "a hash per chunk");
    cases.reject("manifest", "half a hash", envelope(body(200, 1, 16)), "a hash per chunk");
    cases.reject("manifest", "a hash too many", envelope(body(200, 1, 64)), "a hash per chunk");
    cases.reject("manifest", "a hash for no bytes", envelope(body(200, 0, 32)), "a hash per chunk");
    cases.reject(
        "manifest",
        "65 hashes inline",
        envelope(body(200, 64L * Limits.CHUNK + 1, 65 * 32)),
        "over the limit");
    cases.reject(
        "manifest",
        "hashes inline where 65 chunks are",
        envelope(body(200, 64L * Limits.CHUNK + 1, 64 * 32)),
        "a hash per chunk");
    cases.reject(
        "manifest",
        "a representation past 2^30",
        envelope(body(200, Limits.REPRESENTATION + 1, 0)),
        "over the limit");
    cases.reject(
        "manifest",
        "a lifetime of ten minutes and 1 ms",
        envelope(body("example", 200, 1, 32, 600_001)),
        "over the limit");
    cases.reject(
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
    cases.reject("token", "nothing at all", "", "no array");
    cases.reject("token", "no payload", Raw.array(2).bytes(0).bytes(64), "no array");
    cases.reject(
        "token", "a signature of 65", Raw.array(2).bytes(payload(1, 16, 0)).bytes(65), "64 bytes");
    cases.reject(
        "token",
        "three fields",
        Raw.array(3).bytes(payload(1, 16, 0)).bytes(64).uint(0),
        "wrong arity");
    cases.reject(
        "token",
        "version 2",
        envelope(Bytes.owning(Raw.array(7).uint(2).toArray())),
        "unknown version");
    cases.reject("token", "kind 0", envelope(payload(0, 16, 32)), "unknown kind");
    cases.reject("token", "kind 4", envelope(payload(4, 16, 32)), "unknown kind");
    cases.reject("token", "a nonce of 15", envelope(payload(1, 15, 0)), "16 bytes");
    cases.reject("token", "a subject of 31", envelope(payload(1, 16, 31)), "32 bytes or none");
    cases.reject("token", "a worker without a subject", envelope(payload(2, 16, 0)), "32 bytes");
    cases.reject("token", "a proxy without a subject", envelope(payload(3, 16, 0)), "32 bytes");
    cases.reject(
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
