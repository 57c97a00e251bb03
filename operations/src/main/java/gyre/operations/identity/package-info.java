/** The Ed25519 identity keys of this installation, and the public keys that it trusts. */
@NullMarked
package gyre.operations.identity;

import org.jspecify.annotations.NullMarked;
