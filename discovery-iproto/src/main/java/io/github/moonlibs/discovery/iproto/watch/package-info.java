/**
 * Keys that are watched on a connection, and how their events find those that watch. Begin with {@link
 * io.github.moonlibs.discovery.iproto.watch.KeyWatches}. Uses the codec.
 */
@NullMarked
package io.github.moonlibs.discovery.iproto.watch;

import org.jspecify.annotations.NullMarked;
