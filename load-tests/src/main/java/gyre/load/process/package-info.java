/** Gyre's servers as processes of their own: configured, started, watched, killed. */
@NullMarked
package gyre.load.process;

import org.jspecify.annotations.NullMarked;
