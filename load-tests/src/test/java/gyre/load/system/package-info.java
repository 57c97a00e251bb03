/** The whole system: real processes, real Chromium visitors, and who served which byte. */
@NullMarked
package gyre.load.system;

import org.jspecify.annotations.NullMarked;
