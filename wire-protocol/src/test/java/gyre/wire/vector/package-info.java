/** The golden and the must-reject vectors in wire-protocol/vectors: written, read and met. */
@NullMarked
package gyre.wire.vector;

import org.jspecify.annotations.NullMarked;
