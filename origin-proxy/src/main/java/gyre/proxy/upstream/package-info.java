/**
 * The HTTP/1.1 client: to the site's server over TCP or TLS, to executors over Unix sockets. Beside
 * {@code http} the only package that names Netty's codecs.
 */
@NullMarked
package gyre.proxy.upstream;

import org.jspecify.annotations.NullMarked;
