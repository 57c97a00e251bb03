/**
 * The HTTP/1.1 front: listeners, strict parsing, bodies with back-pressure, TLS, tunnels. Beside
 * {@code upstream} the only package that names Netty's codecs.
 */
@NullMarked
package gyre.proxy.http;

import org.jspecify.annotations.NullMarked;
