/** Tarantool's binary protocol. */
@NullMarked
package io.github.moonlibs.discovery.iproto;

import org.jspecify.annotations.NullMarked;
