/** Measurements of the transport, from inside. */
@NullMarked
package io.github.moonlibs.discovery.iproto.codec;

import org.jspecify.annotations.NullMarked;
