package gyre.proxy.upstream;

import java.util.Locale;

/** Calls that need HTTP/2 from end to end: gRPC. */
final class Grpc {
  private static final String TYPE = "application/grpc";

  private Grpc() {}

  /** Of a Content-Type; not gRPC-Web, which is made for HTTP/1.1. */
  static boolean is(String contentType) {
    String type = contentType.strip().toLowerCase(Locale.ROOT);
    return type.startsWith(TYPE) && !type.startsWith(TYPE + "-web");
  }
}
