package gyre.proxy.coding;

import java.util.Locale;

/** The content codings that this proxy applies (RFC 8878, 7932, 1952), the preferred one first. */
public enum Coding {
  ZSTD,
  BR,
  GZIP;

  private final String token = name().toLowerCase(Locale.ROOT);

  /** As Content-Encoding and Accept-Encoding call it. */
  public String token() {
    return token;
  }
}
