/** Benchmarks of the transport's internals. */
@NullMarked
package io.github.moonlibs.discovery.iproto.codec;

import org.jspecify.annotations.NullMarked;
