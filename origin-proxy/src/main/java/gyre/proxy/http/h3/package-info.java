/** HTTP/3 at the front (RFC 9114) over QUIC (RFC 9000): Netty's frames, our own streams. */
@NullMarked
package gyre.proxy.http.h3;

import org.jspecify.annotations.NullMarked;
