/**
 * What the cache keeps on disk, below {@code data/cache}: content, a file for each representation,
 * and the heads of responses in SQLite. Whatever fails here is a miss.
 */
@NullMarked
package gyre.proxy.store;

import org.jspecify.annotations.NullMarked;
