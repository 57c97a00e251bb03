/**
 * How a server's command line starts and how it fails: one line that says what, where and what to
 * do.
 */
@NullMarked
package gyre.operations.start;

import org.jspecify.annotations.NullMarked;
