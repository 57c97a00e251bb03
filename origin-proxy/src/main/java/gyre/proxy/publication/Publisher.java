package gyre.proxy.publication;

import gyre.wire.ClientMessage;

/** The way to a site's swarm. Never blocks; false where there is no connection now. */
@FunctionalInterface
public interface Publisher {
  boolean tell(String site, ClientMessage message);
}
