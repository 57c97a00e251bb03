/** The proxy's side of the channel child: starts, supervises, recycles and replaces it. */
@NullMarked
package gyre.proxy.channel.link;

import org.jspecify.annotations.NullMarked;
