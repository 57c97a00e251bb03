/**
 * Which tabs ought to run and which do, and what follows: pure. No clock is read here, no socket,
 * file or thread is opened.
 */
@NullMarked
package gyre.worker.fleet;

import org.jspecify.annotations.NullMarked;
