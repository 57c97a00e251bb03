/** Ed25519 keys (RFC 8032), as the JDK implements them. */
@NullMarked
package gyre.wire.key;

import org.jspecify.annotations.NullMarked;
