/**
 * What a node's attempts say of it: its latency, and whether it is ejected. Begin with {@link
 * io.github.moonlibs.discovery.core.health.NodeHealth}. The room uses no other room.
 */
@NullMarked
package io.github.moonlibs.discovery.core.health;

import org.jspecify.annotations.NullMarked;
