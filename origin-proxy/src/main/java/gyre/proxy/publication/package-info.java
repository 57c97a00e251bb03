/**
 * What this proxy has signed: site keys, manifests and generations in durable storage, published to
 * the swarm and renewed while they are fresh.
 */
@NullMarked
package gyre.proxy.publication;

import org.jspecify.annotations.NullMarked;
