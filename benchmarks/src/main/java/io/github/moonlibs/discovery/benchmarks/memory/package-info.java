/** What a client keeps in memory. */
@NullMarked
package io.github.moonlibs.discovery.benchmarks.memory;

import org.jspecify.annotations.NullMarked;
