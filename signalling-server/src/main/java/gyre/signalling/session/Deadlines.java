package gyre.signalling.session;

import java.time.Duration;

/**
 * How long a connection may take: for the WebSocket handshake and for the welcome (both from its
 * acceptance), to say anything at all once it is in, and to take the last bytes when it ends.
 */
public record Deadlines(Duration handshake, Duration welcome, Duration silence, Duration closing) {

  public static Deadlines withHeartbeat(Duration heartbeat) {
    return new Deadlines(
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        heartbeat.multipliedBy(3),
        Duration.ofSeconds(3));
  }
}
