/** How much one client may ask for: connections at a time, requests per second. */
@NullMarked
package gyre.proxy.admission;

import org.jspecify.annotations.NullMarked;
