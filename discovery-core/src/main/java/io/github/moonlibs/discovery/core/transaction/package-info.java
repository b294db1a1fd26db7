/**
 * A transaction, from the node that it is begun on to its end. Begin with {@link
 * io.github.moonlibs.discovery.core.transaction.OpenTransaction}. The room may use call, routing, node, limits and support.
 */
@NullMarked
package io.github.moonlibs.discovery.core.transaction;

import org.jspecify.annotations.NullMarked;
