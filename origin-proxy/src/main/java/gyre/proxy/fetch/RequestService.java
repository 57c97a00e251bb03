package gyre.proxy.fetch;

import gyre.proxy.message.Request;
import gyre.proxy.message.Response;

/** Answers requests: at once where that takes no waiting, else on the virtual thread that asks. */
public interface RequestService {

  /** Never blocks; called on an event loop. */
  Decision tryNow(Request request);

  /**
   * Waits for whatever answers. The caller closes the response's body. Interrupting the thread
   * gives the request up.
   */
  Response serve(Decision.Pending pending) throws InterruptedException;
}
