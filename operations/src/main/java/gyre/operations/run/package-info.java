/** What a process needs on the disk while it runs, and what one that crashed left there. */
@NullMarked
package gyre.operations.run;

import org.jspecify.annotations.NullMarked;
