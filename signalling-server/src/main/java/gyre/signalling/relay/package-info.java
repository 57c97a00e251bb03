/** Who is connected here, and the way to them: the answers of the directory, and relays. */
@NullMarked
package gyre.signalling.relay;

import org.jspecify.annotations.NullMarked;
