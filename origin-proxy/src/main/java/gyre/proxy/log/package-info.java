/** Lines of the log that strangers can cause, so rationed that they cannot fill a disk. */
@NullMarked
package gyre.proxy.log;

import org.jspecify.annotations.NullMarked;
