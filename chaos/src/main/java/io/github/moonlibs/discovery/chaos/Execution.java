package io.github.moonlibs.discovery.chaos;

/**
 * What a node wrote down of one call that it executed.
 *
 * @param node that executed it
 * @param number the call's
 * @param hash of the arguments as the node received them
 * @param token unlike any other execution's of the node
 */
record Execution(String node, long number, String hash, String token) {}
