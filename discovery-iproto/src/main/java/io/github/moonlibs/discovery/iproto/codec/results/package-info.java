/**
 * What callers get of a reply: its values as a result, read as the types that they ask for. Begin with {@link
 * io.github.moonlibs.discovery.iproto.codec.results.IprotoResult}. Uses the packages of values and of msgpack.
 */
@NullMarked
package io.github.moonlibs.discovery.iproto.codec.results;

import org.jspecify.annotations.NullMarked;
