package gyre.proxy.upstream;

import java.io.IOException;

/**
 * The connection ended before one byte of a response: the server may not have seen the request, or
 * may have (RFC 9110, 9.2.2).
 */
final class NoResponseException extends IOException {
  NoResponseException(String message) {
    super(message);
  }
}
