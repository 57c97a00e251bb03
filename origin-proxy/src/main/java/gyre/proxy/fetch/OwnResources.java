package gyre.proxy.fetch;

import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.route.Route;

/** Gyre's own resources: the client's scripts and everything below {@code /.gyre/}. */
public interface OwnResources {

  /** Never blocks. */
  Decision tryNow(Request request, Route.Own route);

  /** What {@link #tryNow} left pending, on a virtual thread. */
  Response serve(Request request, Route.Own route) throws InterruptedException;
}
