/** Which peers to name to whom: pure ranking, without a clock, a thread or a socket. */
@NullMarked
package gyre.signalling.matching;

import org.jspecify.annotations.NullMarked;
