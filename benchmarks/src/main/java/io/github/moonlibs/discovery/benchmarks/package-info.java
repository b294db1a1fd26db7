/** Measurements of the whole library, as applications use it. */
@NullMarked
package io.github.moonlibs.discovery.benchmarks;

import org.jspecify.annotations.NullMarked;
