/** The benchmarks behind {@code gyre load}: figures beside what they are to be compared with. */
@NullMarked
package gyre.load.benchmark;

import org.jspecify.annotations.NullMarked;
