/**
 * Certificates that are obtained from an authority: kept on disk, renewed, proved meanwhile. The
 * authority's protocol is in {@code acme}, the listeners that use the result are in {@code
 * http.tls}; neither knows the other.
 */
@NullMarked
package gyre.proxy.certificate;

import org.jspecify.annotations.NullMarked;
