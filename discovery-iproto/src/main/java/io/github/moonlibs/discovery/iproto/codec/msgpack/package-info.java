/**
 * Msgpack itself, read where it lies and written through msgpack-java's packer. Begin with {@link
 * io.github.moonlibs.discovery.iproto.codec.msgpack.MsgpackReader}. Uses no other package of the module.
 */
@NullMarked
package io.github.moonlibs.discovery.iproto.codec.msgpack;

import org.jspecify.annotations.NullMarked;
