package gyre.proxy.fetch;

import gyre.proxy.message.Response;
import java.util.function.UnaryOperator;

/** Who gets an answer that comes by itself: one call, once, on the event loop that asked. */
public interface Arrival {
  /** The arrival closes the body. */
  void answered(Response response);

  /** It has to be waited for after all. */
  void pending(Decision.Pending pending);

  /** Another one, which gets every response changed. */
  record Changed(Arrival arrival, UnaryOperator<Response> change) implements Arrival {
    @Override
    public void answered(Response response) {
      arrival.answered(change.apply(response));
    }

    @Override
    public void pending(Decision.Pending pending) {
      arrival.pending(pending);
    }
  }
}
