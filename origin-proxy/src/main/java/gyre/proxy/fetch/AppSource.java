package gyre.proxy.fetch;

import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.wire.AppId;
import java.time.Duration;

/**
 * Who can run an app's handler: workers over data channels, or this proxy's own executor. Blocks
 * the virtual thread.
 */
public interface AppSource {

  sealed interface Outcome {
    record Answered(Response response) implements Outcome {}

    /** Nothing of the request was handed over: another source may be tried, whatever the method. */
    record Unavailable(String reason) implements Outcome {}

    /**
     * It failed after some of the request was handed over: only an idempotent one may be tried
     * elsewhere.
     */
    record Failed(String reason) implements Outcome {}
  }

  /**
   * Waits at most {@code deadline} for the response's head. Interrupting the thread cancels the
   * exchange.
   */
  Outcome call(AppId app, Request request, Duration deadline) throws InterruptedException;
}
