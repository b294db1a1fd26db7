package io.github.moonlibs.discovery;

/**
 * A key's value on one node, as the listener of {@link DiscoveryClient#watch} gets it.
 *
 * @param node the node whose value it is
 * @param key the key that is watched
 * @param value the value, as the only one of a result: {@code value.as(User.class)} reads it, {@link Result#raw} has its
 *     bytes. A result without values: the key has none on this node
 */
public record WatchedValue(Instance node, String key, Result value) {}
