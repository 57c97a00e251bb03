/**
 * One request and its answer, whatever the framing: HTTP/1.1 and HTTP/2 read and write the same
 * exchanges. Shared by the rooms of the front and by nobody else.
 */
@NullMarked
package gyre.proxy.http.exchange;

import org.jspecify.annotations.NullMarked;
