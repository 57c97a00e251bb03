/** IP addresses as literals and ranges: who is trusted, and who counts as one client. Pure. */
@NullMarked
package gyre.operations.address;

import org.jspecify.annotations.NullMarked;
