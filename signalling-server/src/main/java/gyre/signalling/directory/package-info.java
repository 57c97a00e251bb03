/**
 * Who is here, who holds what, who runs which app, and what is known of a site's resources: state
 * that one thread owns, changed by commands that answer with the messages to send.
 */
@NullMarked
package gyre.signalling.directory;

import org.jspecify.annotations.NullMarked;
