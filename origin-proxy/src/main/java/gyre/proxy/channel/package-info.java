/**
 * The proxy as a peer: what a channel is, and the frames between the proxy and its channel child.
 *
 * <p>Native code that parses strangers' packets runs in the child ({@code child}); the proxy holds
 * the other end of a Unix socket ({@code link}).
 */
@NullMarked
package gyre.proxy.channel;

import org.jspecify.annotations.NullMarked;
