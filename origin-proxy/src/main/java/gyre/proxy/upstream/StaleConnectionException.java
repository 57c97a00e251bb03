package gyre.proxy.upstream;

import java.io.IOException;

/** A kept connection was closed by the server before one byte of a response. */
final class StaleConnectionException extends IOException {
  StaleConnectionException(Endpoint endpoint) {
    super(endpoint + " closed a kept connection");
  }
}
