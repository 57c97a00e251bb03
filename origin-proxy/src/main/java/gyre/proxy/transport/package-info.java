/** The event loops and kinds of channel on which every socket of origin-proxy runs. */
@NullMarked
package gyre.proxy.transport;

import org.jspecify.annotations.NullMarked;
