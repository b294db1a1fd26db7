/**
 * Packets: what requests look like, where replies begin and end, what is in them. Knows no socket and no thread, and uses
 * nothing of the module but its own subpackages. Begin with {@link io.github.moonlibs.discovery.iproto.codec.Request} and {@link
 * io.github.moonlibs.discovery.iproto.codec.Frames}.
 */
@NullMarked
package io.github.moonlibs.discovery.iproto.codec;

import org.jspecify.annotations.NullMarked;
