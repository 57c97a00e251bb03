package gyre.proxy.app;

import gyre.wire.AppId;
import java.util.OptionalLong;

/**
 * What one app's executor is doing, for the admin endpoint: {@code state} in words, the process id
 * and its resident bytes while it runs, how often it was started, and what became of the requests.
 */
public record ExecutorStatus(
    AppId app, String state, OptionalLong pid, OptionalLong memory, int starts, Requests requests) {

  public record Requests(long answered, long failed, long unavailable) {}
}
