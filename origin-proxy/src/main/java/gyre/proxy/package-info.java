/** Starts origin-proxy: its command line, and the one place where its parts are joined. */
@NullMarked
package gyre.proxy;

import org.jspecify.annotations.NullMarked;
