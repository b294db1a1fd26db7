/** Tarantool's binary protocol over blocking sockets. */
@NullMarked
package io.github.moonlibs.discovery.iproto;

import org.jspecify.annotations.NullMarked;
