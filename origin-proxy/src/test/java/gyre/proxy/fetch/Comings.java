package gyre.proxy.fetch;

import gyre.proxy.message.Response;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits, in a test, for what comes by itself. */
public final class Comings {
  private Comings() {}

  /** {@code service} serves what has to be waited for after all. */
  public static Response await(Decision.Coming coming, RequestService service)
      throws InterruptedException {
    CompletableFuture<Response> answer = new CompletableFuture<>();
    CompletableFuture<Decision.Pending> pending = new CompletableFuture<>();
    var _ =
        coming
            .delivery()
            .begin(
                new Arrival() {
                  @Override
                  public void answered(Response response) {
                    answer.complete(response);
                  }

                  @Override
                  public void pending(Decision.Pending decision) {
                    pending.complete(decision);
                  }
                });
    try {
      CompletableFuture.anyOf(answer, pending).get(10, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("nothing came", e);
    }
    return answer.isDone() ? answer.resultNow() : service.serve(pending.resultNow());
  }
}
