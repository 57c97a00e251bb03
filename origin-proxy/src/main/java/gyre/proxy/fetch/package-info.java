/**
 * The one place that orders effects: which source answers a request, in which order, and who is
 * asked next.
 */
@NullMarked
package gyre.proxy.fetch;

import org.jspecify.annotations.NullMarked;
