/** Visitors: headless Chromium processes, each with a profile of its own, driven over WebDriver. */
@NullMarked
package gyre.load.visitor;

import org.jspecify.annotations.NullMarked;
