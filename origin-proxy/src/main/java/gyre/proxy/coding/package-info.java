/**
 * Content codings (RFC 9110, 8.4): which one suits a request, coding on the fly, and coded content
 * that is kept. The only package that names the encoders.
 */
@NullMarked
package gyre.proxy.coding;

import org.jspecify.annotations.NullMarked;
