/**
 * An established connection: how a request goes out, how its reply finds its caller, and how all of it ends. Begin with {@link
 * io.github.moonlibs.discovery.iproto.connection.IprotoConnection}, then {@code Calls}. Uses exchanges, the loop,
 * the wire and the codec.
 */
@NullMarked
package io.github.moonlibs.discovery.iproto.connection;

import org.jspecify.annotations.NullMarked;
