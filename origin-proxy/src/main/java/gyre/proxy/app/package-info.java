/**
 * Deployed apps, and the processes in which origin-proxy executes them itself: one supervised
 * workerd child per app, so that a loop or an exhausted heap never reaches the proxy.
 */
@NullMarked
package gyre.proxy.app;

import org.jspecify.annotations.NullMarked;
