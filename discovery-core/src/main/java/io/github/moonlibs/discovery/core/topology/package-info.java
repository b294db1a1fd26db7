/**
 * Which nodes there are, as a topology source says. Begin with {@link io.github.moonlibs.discovery.core.topology.Topology}.
 * The room may use routing, node and support.
 */
@NullMarked
package io.github.moonlibs.discovery.core.topology;

import org.jspecify.annotations.NullMarked;
