package gyre.proxy.access;

import gyre.proxy.message.Headers;
import java.util.Optional;

/** Counts every request when it is answered, or its client has left. */
public interface Traffic {
  Traffic NONE = (status, response, nanos) -> {};

  /**
   * Never blocks; called on event loops. {@code nanos}: since the head of the request was whole.
   */
  void answered(int status, Optional<Headers> response, long nanos);
}
