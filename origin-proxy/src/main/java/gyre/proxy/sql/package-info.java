/** How a file of SQLite is opened here. */
@NullMarked
package gyre.proxy.sql;

import org.jspecify.annotations.NullMarked;
