/**
 * Pipes of bytes and how they come to be: looking a name up, racing its addresses, TLS, greeting and login. Begin with {@link
 * io.github.moonlibs.discovery.iproto.wire.Dialer}. Uses the codec.
 */
@NullMarked
package io.github.moonlibs.discovery.iproto.wire;

import org.jspecify.annotations.NullMarked;
