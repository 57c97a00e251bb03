package gyre.proxy.message;

import java.time.Duration;
import java.util.Optional;

/**
 * How long one request's answer may take, where that is not what everybody's may: {@code head}
 * until its head is there, {@code between} from one piece of its body to the next.
 */
public record Patience(Optional<Duration> head, Optional<Duration> between) {
  public static final Patience USUAL = new Patience(Optional.empty(), Optional.empty());
}
