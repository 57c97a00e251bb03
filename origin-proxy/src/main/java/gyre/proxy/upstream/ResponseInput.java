package gyre.proxy.upstream;

/** What a connection's decoder knows of the response to its only request. Event loop. */
interface ResponseInput {
  /** A request with this method goes out next. */
  void expect(String method);

  /** Whether a byte of the response has come. */
  boolean hasBegun();

  /** Whether it is known that the server did nothing for the request (RFC 9113, 8.7). */
  boolean wasRefused();

  /** The response is complete. Whether the connection can take another request. */
  boolean endsCleanly();
}
