package gyre.proxy.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import gyre.proxy.http.RawClient;
import gyre.proxy.message.Headers;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/** What a visitor received, read by its framing. */
record Received(int status, Headers headers, String body) {

  static Received from(RawClient client, String method) throws IOException {
    String head = client.until("\r\n\r\n");
    List<String> lines = head.lines().toList();
    Headers headers = Headers.EMPTY;
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers =
            headers.and(
                line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 2));
      }
    }
    int status = Integer.parseInt(head.substring(9, 12));
    boolean hasNone = method.equals("HEAD") || status == 304 || status == 204;
    return new Received(status, headers, hasNone ? "" : body(client, headers));
  }

  private static String body(RawClient client, Headers headers) throws IOException {
    OptionalInt length =
        headers.first("content-length").stream().mapToInt(Integer::parseInt).findFirst();
    if (length.isPresent()) {
      return new String(client.in().readNBytes(length.getAsInt()), ISO_8859_1);
    }
    StringBuilder body = new StringBuilder();
    for (int size = chunk(client); size > 0; size = chunk(client)) {
      body.append(new String(client.in().readNBytes(size), ISO_8859_1));
      client.until("\r\n");
    }
    client.until("\r\n");
    return body.toString();
  }

  private static int chunk(RawClient client) throws IOException {
    return Integer.parseInt(client.until("\r\n").strip(), 16);
  }
}
