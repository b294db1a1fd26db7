/** The memory that a client needs. */
@NullMarked
package io.github.moonlibs.discovery.benchmarks.memory;

import org.jspecify.annotations.NullMarked;
