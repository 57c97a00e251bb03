/** HTTP/1.1 (RFC 9112): strict parsing, responses in their order, tunnels. */
@NullMarked
package gyre.proxy.http.h1;

import org.jspecify.annotations.NullMarked;
