package gyre.load.site;

import gyre.wire.Bytes;
import gyre.wire.HeaderField;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * A representation that the site serves, with the headers beyond the usual ones. The ETag is strong
 * (RFC 9110, 8.8.3): a hash of the bytes.
 */
record Asset(Bytes body, String contentType, String etag, List<HeaderField> headers) {
  private static final String PUBLIC = "public, max-age=3600";

  Asset {
    headers = List.copyOf(headers);
  }

  /** One that every cache may keep for an hour. */
  static Asset cacheable(Bytes body, String contentType) {
    return with(body, contentType, new HeaderField("cache-control", PUBLIC));
  }

  static Asset with(Bytes body, String contentType, HeaderField... headers) {
    return new Asset(body, contentType, etag(body), List.of(headers));
  }

  private static String etag(Bytes body) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(body.toArray());
      return '"' + HexFormat.of().formatHex(hash, 0, 12) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
