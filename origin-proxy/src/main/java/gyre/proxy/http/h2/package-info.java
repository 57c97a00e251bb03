/**
 * HTTP/2 (RFC 9113): one handler per connection, a small object per stream, windows and floods
 * bounded. Frames and HPACK are Netty's; what a request may look like, and what is sent when, is
 * decided here.
 */
@NullMarked
package gyre.proxy.http.h2;

import org.jspecify.annotations.NullMarked;
