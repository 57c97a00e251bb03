/** Who sent a request, where another proxy stands before this one. Pure. */
@NullMarked
package gyre.proxy.sender;

import org.jspecify.annotations.NullMarked;
