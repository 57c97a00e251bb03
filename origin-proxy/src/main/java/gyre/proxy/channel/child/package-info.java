/** The channel child: a process of its own around webrtc-java, a ferry without opinions. */
@NullMarked
package gyre.proxy.channel.child;

import org.jspecify.annotations.NullMarked;
