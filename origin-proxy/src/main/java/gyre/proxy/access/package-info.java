/** The access log: a line for every answered request, off unless the operator names a file. */
@NullMarked
package gyre.proxy.access;

import org.jspecify.annotations.NullMarked;
