package gyre.proxy.http.tunnel;

import static java.nio.charset.StandardCharsets.US_ASCII;

import gyre.proxy.message.Headers;
import gyre.proxy.message.HopByHop;
import gyre.proxy.message.Request;
import gyre.wire.HeaderField;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The nonce of a WebSocket's handshake in HTTP/1.1 (RFC 6455, 4.1), for clients whose version of
 * HTTP needs none.
 */
public record WebSocketKey(String text) {
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final String ACCEPT = "sec-websocket-accept";

  /** No secret: it shows only that the server has read it. */
  public static WebSocketKey random() {
    byte[] nonce = new byte[16];
    ThreadLocalRandom.current().nextBytes(nonce);
    return new WebSocketKey(Base64.getEncoder().encodeToString(nonce));
  }

  public Request on(Request upgrade) {
    return upgrade.withHeaders(upgrade.headers().with("sec-websocket-key", text));
  }

  /**
   * What of a 101's head is the client's to know; empty where the server has not accepted this key
   * as a WebSocket (RFC 6455, 4.2.2), or its head is beyond the limits.
   */
  public Optional<Headers> accepted(String head) {
    Headers headers;
    try {
      headers = parse(head);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    boolean isWebSocket =
        headers.joined("upgrade").filter("websocket"::equalsIgnoreCase).isPresent()
            && headers.lists("connection", "upgrade")
            && headers.all(ACCEPT).equals(List.of(accept()));
    return isWebSocket
        ? Optional.of(HopByHop.strip(headers).without(ACCEPT).without("content-length"))
        : Optional.empty();
  }

  private String accept() {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      return Base64.getEncoder().encodeToString(sha1.digest((text + GUID).getBytes(US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }

  private static Headers parse(String head) {
    List<HeaderField> fields = new ArrayList<>();
    for (String line : head.lines().skip(1).takeWhile(l -> !l.isEmpty()).toList()) {
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw new IllegalArgumentException("not a field line");
      }
      fields.add(new HeaderField(line.substring(0, colon), line.substring(colon + 1).strip()));
    }
    return new Headers(fields);
  }
}
