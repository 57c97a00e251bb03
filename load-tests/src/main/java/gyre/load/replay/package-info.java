/**
 * {@code gyre load replay}: the visits of an access log, played against a running Gyre by visitors
 * that speak the real protocol and carry no browser.
 */
@NullMarked
package gyre.load.replay;

import org.jspecify.annotations.NullMarked;
