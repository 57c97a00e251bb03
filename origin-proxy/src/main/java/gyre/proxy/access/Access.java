package gyre.proxy.access;

import gyre.proxy.message.Headers;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One request and what became of it. {@code bytes} of the response's body as far as they were
 * handed to the socket; {@code response}: its headers, empty where the client left before there was
 * an answer.
 */
public record Access(
    Instant at,
    Duration took,
    InetAddress client,
    Line line,
    Headers request,
    int status,
    long bytes,
    Optional<Headers> response) {

  /** The request line; {@code version}: 1.1, for example. */
  public record Line(String method, String authority, String target, String version) {}

  /** What nginx writes where a client has left without an answer. */
  public static final int LEFT = 499;
}
