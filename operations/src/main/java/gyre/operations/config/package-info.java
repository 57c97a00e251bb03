/**
 * gyre.yaml as records: every key has a default, an unknown key stops the start and names itself.
 */
@NullMarked
package gyre.operations.config;

import org.jspecify.annotations.NullMarked;
