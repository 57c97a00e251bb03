/**
 * Gyre's own resources over HTTP: the scripts of the visitor's client, the session answer, chunks
 * and chunk lists by digest, and the way to the signalling server; PROTOCOL.md, section 6.
 */
@NullMarked
package gyre.proxy.client;

import org.jspecify.annotations.NullMarked;
