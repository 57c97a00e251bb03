package gyre.wire;

import java.time.Duration;

/**
 * Every bound of the protocol, in one place; checked before anything is allocated.
 *
 * <p>Lengths are in bytes unless the name says otherwise. peer-client-js/src/wire/limits.ts says
 * the same.
 */
public final class Limits {
  public static final int PROTOCOL_VERSION = 1;

  public static final int CHUNK = 65_536;
  public static final long REPRESENTATION = 1L << 30;
  public static final int INLINE_CHUNKS = 64;
  public static final int CHUNK_LIST = (int) (REPRESENTATION / CHUNK) * 32;

  public static final int SIGNALLING_FRAME = 65_536;
  public static final int EXCHANGE_MESSAGE = 131_072;
  public static final int FRAME_PAYLOAD = 65_536;
  public static final int INITIAL_CREDIT = 1 << 20;
  public static final int OPEN_EXCHANGES = 128;

  public static final int RESOURCE = 2_048;
  public static final int METHOD = 32;
  public static final int TARGET = 8_192;
  public static final int HEADERS = 100;
  public static final int HEADER_NAME = 256;
  public static final int HEADER_VALUE = 8_192;
  public static final int HEADERS_TOTAL = 32_768;
  public static final int REASON = 256;
  public static final int PEER_ID = 39;
  public static final int APP_ID = 107;
  public static final int SITE = 64;

  public static final int MANIFEST = 16_384;
  public static final int TOKEN = 1_024;
  public static final int SIGNATURE = 64;
  public static final int PUBLIC_KEY = 32;
  public static final int NONCE = 16;
  public static final int RESUME = 16;
  public static final int CHALLENGE = 32;
  public static final int CONNECTION = 8;
  public static final int MID = 256;
  public static final int MEDIA_LINES = 65_535;
  public static final int RELAY_PAYLOAD = 16_384;
  public static final int SDP = 12_288;
  public static final int CANDIDATE = 1_024;

  public static final int ANNOUNCE_DIGESTS = 1_024;
  public static final int ANNOUNCE_APPS = 64;
  public static final int LOCATE_ITEMS = 64;
  public static final int PROVIDERS_PER_DIGEST = 16;
  public static final int MANIFESTS = 128;
  public static final int PROVIDED_DIGESTS = 128;
  public static final int NEIGHBOURS = 16;
  public static final int PUBLISH_MANIFESTS = 64;
  public static final int PUBLISH_PAGES = 16;
  public static final int PAGE_RESOURCES = 128;
  public static final int WITHDRAW_RESOURCES = 128;
  public static final int REPORT_PEERS = 64;

  /**
   * How far two clocks may be apart before a token or a manifest counts as expired or not yet
   * valid.
   */
  public static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(30);

  public static final Duration MANIFEST_LIFETIME = Duration.ofMinutes(10);

  /** The largest {@code uint}: what a JavaScript number holds exactly. */
  public static final long UINT = (1L << 53) - 1;

  private Limits() {}

  /** Throws IllegalArgumentException where the value is over the limit. */
  public static void within(String what, int value, int limit) {
    if (value > limit) {
      throw new IllegalArgumentException(what + " is " + value + ", the limit is " + limit);
    }
  }

  /** Throws IllegalArgumentException where the value is negative or over the limit. */
  public static void uint(String what, long value, long limit) {
    if (value < 0 || value > limit) {
      throw new IllegalArgumentException(what + " is " + value + ", not within 0 and " + limit);
    }
  }

  /** Throws IllegalArgumentException where the value is no {@code uint} of the protocol. */
  public static void uint(String what, long value) {
    uint(what, value, UINT);
  }

  /** Throws IllegalArgumentException where the text is longer in UTF-8, or not Unicode. */
  public static void text(String what, String value, int limit) {
    within(what, Utf8.length(value), limit);
  }

  /** Throws IllegalArgumentException where there are not exactly so many bytes. */
  public static void exactly(String what, Bytes value, int length) {
    if (value.length() != length) {
      throw new IllegalArgumentException(what + " has " + value.length() + " bytes, not " + length);
    }
  }
}
