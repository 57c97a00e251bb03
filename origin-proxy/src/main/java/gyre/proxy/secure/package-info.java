/** What the operator wants of https: redirects to it, and browsers that insist on it. Pure. */
@NullMarked
package gyre.proxy.secure;

import org.jspecify.annotations.NullMarked;
