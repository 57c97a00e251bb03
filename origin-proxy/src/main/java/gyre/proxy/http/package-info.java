/**
 * The HTTP front: listeners and TLS. A connection speaks {@code h1} or {@code h2}; the requests it
 * carries are those of {@code exchange}. Beside {@code upstream} the only packages that name
 * Netty's codecs.
 */
@NullMarked
package gyre.proxy.http;

import org.jspecify.annotations.NullMarked;
