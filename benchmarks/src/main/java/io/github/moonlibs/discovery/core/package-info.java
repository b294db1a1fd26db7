/** Benchmarks of the core's internals. */
@NullMarked
package io.github.moonlibs.discovery.core;

import org.jspecify.annotations.NullMarked;
