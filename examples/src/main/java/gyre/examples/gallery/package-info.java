/**
 * The demo gallery: its captions, pictures and pages, painted at build time, the same every time.
 */
@NullMarked
package gyre.examples.gallery;

import org.jspecify.annotations.NullMarked;
