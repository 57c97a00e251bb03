/** The exchange half of PROTOCOL.md, section 5, as a pure state machine: frames in, events out. */
@NullMarked
package gyre.proxy.exchange;

import org.jspecify.annotations.NullMarked;
