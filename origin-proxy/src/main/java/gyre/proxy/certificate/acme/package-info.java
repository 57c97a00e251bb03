/** ACME (RFC 8555) by acme4j and Bouncy Castle: the only package that names them. */
@NullMarked
package gyre.proxy.certificate.acme;

import org.jspecify.annotations.NullMarked;
