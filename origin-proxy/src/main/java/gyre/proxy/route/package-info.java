/** Which way a request goes, decided from the request and the configuration alone: pure. */
@NullMarked
package gyre.proxy.route;

import org.jspecify.annotations.NullMarked;
