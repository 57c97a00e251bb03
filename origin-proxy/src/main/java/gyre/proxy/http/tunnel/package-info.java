/** Connections that stop being HTTP: joined to a server's after an Upgrade (RFC 9110, 7.8). */
@NullMarked
package gyre.proxy.http.tunnel;

import org.jspecify.annotations.NullMarked;
