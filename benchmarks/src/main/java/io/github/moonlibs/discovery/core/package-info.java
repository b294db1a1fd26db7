/** Benchmarks of the core's inside. */
@NullMarked
package io.github.moonlibs.discovery.core;

import org.jspecify.annotations.NullMarked;
