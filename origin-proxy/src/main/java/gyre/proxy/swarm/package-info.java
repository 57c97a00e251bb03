/**
 * The proxy in its swarms: client of the signalling server, connections to visitors, workers and
 * other proxies, and the two sources that they are to the request flow.
 */
@NullMarked
package gyre.proxy.swarm;

import org.jspecify.annotations.NullMarked;
