/** Who may speak as what: signed tokens, and proofs that their subject is there. */
@NullMarked
package gyre.wire.token;

import org.jspecify.annotations.NullMarked;
