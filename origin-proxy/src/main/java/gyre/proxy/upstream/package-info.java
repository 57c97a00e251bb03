/**
 * The HTTP client: to the site's servers over TCP or TLS, in HTTP/1.1 or HTTP/2, and to executors
 * over Unix sockets. Beside {@code http} the only package that names Netty's codecs.
 */
@NullMarked
package gyre.proxy.upstream;

import org.jspecify.annotations.NullMarked;
