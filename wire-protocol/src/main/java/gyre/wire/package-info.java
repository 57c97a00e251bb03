/**
 * Every message that crosses a network between two parts of Gyre, as records. See docs/PROTOCOL.md.
 */
@NullMarked
package gyre.wire;

import org.jspecify.annotations.NullMarked;
