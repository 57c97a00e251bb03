/**
 * Connections: sockets in, bounded queues out. The only package that names the WebSocket library.
 *
 * <p>Threads: the library's selector writes; its workers (each connection is pinned to one) decode
 * and enqueue; {@code gyre-admission} checks signatures; {@code gyre-swarm} owns the directory;
 * {@code gyre-watchdog} keeps the deadlines.
 */
@NullMarked
package gyre.signalling.session;

import org.jspecify.annotations.NullMarked;
