package io.github.moonlibs.discovery.chaos;

/**
 * A stretch in which the client kept a node out of service because of how its calls had ended.
 *
 * @param node that was ejected
 * @param when from when to when this was seen
 */
record Ejected(String node, Stretch when) {}
