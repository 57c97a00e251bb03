/** The signalling server: its command line and its wiring. */
@NullMarked
package gyre.signalling;

import org.jspecify.annotations.NullMarked;
