/**
 * Bytes to records and back; docs/PROTOCOL.md. Strict: one message has one encoding, and {@link
 * gyre.wire.codec.DecodeException} is the only failure of any decoder.
 */
@NullMarked
package gyre.wire.codec;

import org.jspecify.annotations.NullMarked;
