/** Headless Chrome, driven by Selenium: the only package that names it. */
@NullMarked
package gyre.worker.browser;

import org.jspecify.annotations.NullMarked;
