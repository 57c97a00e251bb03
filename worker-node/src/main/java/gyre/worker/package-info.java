/** worker-node: keeps headless Chrome tabs at work that run apps for the proxies of its sites. */
@NullMarked
package gyre.worker;

import org.jspecify.annotations.NullMarked;
