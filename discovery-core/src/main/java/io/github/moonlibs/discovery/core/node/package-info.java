/**
 * The life of one node: connecting, asking what it serves, draining. Begin with {@link
 * io.github.moonlibs.discovery.core.node.NodeLife}. The room may use strategy (for the rules of balancing alone), health,
 * limits and support; what it wants of the routing is {@link io.github.moonlibs.discovery.core.node.NodeRoutes}.
 */
@NullMarked
package io.github.moonlibs.discovery.core.node;

import org.jspecify.annotations.NullMarked;
