/**
 * What origin-proxy signs about a representation, and how a reader checks it; PROTOCOL.md, section
 * 2.
 */
@NullMarked
package gyre.wire.manifest;

import org.jspecify.annotations.NullMarked;
