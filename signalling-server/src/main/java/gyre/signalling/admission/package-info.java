/** What a peer may do here: tokens, rights, rates. Pure: no clock, no thread, no socket. */
@NullMarked
package gyre.signalling.admission;

import org.jspecify.annotations.NullMarked;
