/**
 * Java values to msgpack and back, with Tarantool's extension types. Begin with {@link
 * io.github.moonlibs.discovery.iproto.codec.values.ValueReader} for reading, {@link
 * io.github.moonlibs.discovery.iproto.codec.values.ValueWriter} for writing. Uses msgpack's package alone.
 */
@NullMarked
package io.github.moonlibs.discovery.iproto.codec.values;

import org.jspecify.annotations.NullMarked;
