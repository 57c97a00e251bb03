/**
 * {@code gyre demo}: the gallery with visitors and a worker, and who got which bytes from where.
 */
@NullMarked
package gyre.load.demo;

import org.jspecify.annotations.NullMarked;
