/**
 * The operator's view of a running proxy: one live page on the admin port.
 *
 * <p>It reads two counters from the meter registry: {@code gyre.proxy.answers} (how many) and
 * {@code gyre.proxy.answer.bytes} (of bodies), both tagged {@code source}: hit, peer, worker,
 * executor, upstream, or own (the proxy's scripts, sessions and refusals).
 */
@NullMarked
package gyre.proxy.admin;

import org.jspecify.annotations.NullMarked;
