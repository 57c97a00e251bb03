/** The admin address of a server: health, readiness, metrics, and what the server adds. */
@NullMarked
package gyre.operations.admin;

import org.jspecify.annotations.NullMarked;
