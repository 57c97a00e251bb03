/** The demo, the replay of access logs and the benchmarks, each a command of one jar. */
@NullMarked
package gyre.load;

import org.jspecify.annotations.NullMarked;
