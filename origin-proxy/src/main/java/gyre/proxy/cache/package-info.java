/**
 * HTTP caching as a shared cache: the decisions (RFC 9111; ranges and conditions of RFC 9110) are
 * pure and take the time as an argument; the stores keep what was decided to be kept.
 */
@NullMarked
package gyre.proxy.cache;

import org.jspecify.annotations.NullMarked;
