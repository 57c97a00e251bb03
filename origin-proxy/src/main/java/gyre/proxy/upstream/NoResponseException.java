package gyre.proxy.upstream;

import java.io.IOException;

/**
 * The connection ended before one byte of a response: the server may not have seen the request, or
 * may have (RFC 9110, 9.2.2). Where it {@linkplain #wasRefused() was refused}, it is known that
 * nothing was done for it.
 */
final class NoResponseException extends IOException {
  private final boolean wasRefused;

  NoResponseException(String message, boolean wasRefused) {
    super(message);
    this.wasRefused = wasRefused;
  }

  /** The server says that it did nothing for the request (RFC 9113, 8.7), or never got it. */
  boolean wasRefused() {
    return wasRefused;
  }
}
