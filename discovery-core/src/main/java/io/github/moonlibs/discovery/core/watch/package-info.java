/**
 * What applications watch: keys, on all nodes or on those that serve a method, through restarts. Begin with {@link
 * io.github.moonlibs.discovery.core.watch.Watches}. Uses nodes, what waits for the routing, and support.
 */
@NullMarked
package io.github.moonlibs.discovery.core.watch;

import org.jspecify.annotations.NullMarked;
