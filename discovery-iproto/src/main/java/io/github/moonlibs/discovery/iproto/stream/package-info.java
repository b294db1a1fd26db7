/**
 * Transactions that a server keeps open between requests. Begin with {@link
 * io.github.moonlibs.discovery.iproto.stream.Streams}. Uses the codec.
 */
@NullMarked
package io.github.moonlibs.discovery.iproto.stream;

import org.jspecify.annotations.NullMarked;
