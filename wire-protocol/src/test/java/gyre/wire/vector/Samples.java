package gyre.wire.vector;

import gyre.wire.AppId;
import gyre.wire.Bytes;
import gyre.wire.Digest;
import gyre.wire.PeerId;
import gyre.wire.key.SigningKey;
import gyre.wire.manifest.ChunkHasher;
import gyre.wire.manifest.ChunkList;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** The values that the vectors are made of: fixed for good, so that the bytes never change. */
final class Samples {
  static final PeerId ALICE = new PeerId("n1-AAAAAAAAAAAAAAAAAAAAAA");
  static final PeerId BOB = new PeerId("node2-0123456789abcdefghij-_");
  static final Digest ONE = new Digest(ramp(32, 1));
  static final Digest TWO = new Digest(ramp(32, 101));
  static final AppId SEARCH = new AppId("search", ONE);
  static final AppId RESIZE = new AppId("resize-2", TWO);
  static final String PAGE = "//www.example.com/gallery?page=2";
  static final String PICTURE = "//www.example.com/pictures/grüße.jpg";
  static final Bytes SIGNATURE = ramp(64, 0);
  static final Bytes RESUME = ramp(16, 7);
  static final Bytes CONNECTION = ramp(8, 240);
  static final String SDP = "v=0\r\no=- 4611 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";

  /** The keys of RFC 8032, 7.1, tests 1 and 2. */
  static final SigningKey SITE_KEY =
      key("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");

  static final SigningKey OTHER_KEY =
      key("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");

  private Samples() {}

  /** Bytes that count upwards from {@code first} and wrap. */
  static Bytes ramp(int length, int first) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (first + i);
    }
    return Bytes.owning(bytes);
  }

  /** The chunks of a representation whose every byte is its offset modulo 251. */
  static ChunkList chunks(int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (i % 251);
    }
    ChunkHasher hasher = new ChunkHasher();
    hasher.update(ByteBuffer.wrap(bytes));
    return hasher.finish();
  }

  private static SigningKey key(String seed) {
    return SigningKey.decode(HexFormat.of().parseHex("302e020100300506032b657004220420" + seed));
  }
}
