/** TLS at the front: certificates from files, chosen by SNI, replaced while connections go on. */
@NullMarked
package gyre.proxy.http.tls;

import org.jspecify.annotations.NullMarked;
