/** HTTP messages as every room of origin-proxy sees them, free of any library. */
@NullMarked
package gyre.proxy.message;

import org.jspecify.annotations.NullMarked;
