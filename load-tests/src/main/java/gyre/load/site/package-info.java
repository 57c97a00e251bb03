/** The demo gallery's web server: an ordinary upstream that knows nothing of Gyre. */
@NullMarked
package gyre.load.site;

import org.jspecify.annotations.NullMarked;
