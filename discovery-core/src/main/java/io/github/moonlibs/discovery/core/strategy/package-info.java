/**
 * The weight strategies, a page each. Begin with {@link io.github.moonlibs.discovery.core.strategy.WeightedRandom}. The room
 * uses no other room.
 */
@NullMarked
package io.github.moonlibs.discovery.core.strategy;

import org.jspecify.annotations.NullMarked;
