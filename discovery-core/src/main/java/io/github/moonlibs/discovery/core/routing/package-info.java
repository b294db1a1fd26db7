/**
 * Which node serves which method: what the nodes announce becomes immutable tables, which calls read without a lock. Begin
 * with {@link io.github.moonlibs.discovery.core.routing.Router}. The room may use node, strategy, health, limits and
 * support.
 */
@NullMarked
package io.github.moonlibs.discovery.core.routing;

import org.jspecify.annotations.NullMarked;
