/**
 * The pages in which apps run: one origin per app, reachable from this machine alone, with a policy
 * that leaves an app nothing but its bindings and the signalling server.
 */
@NullMarked
package gyre.worker.shell;

import org.jspecify.annotations.NullMarked;
