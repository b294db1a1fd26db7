/** This library, its peers, and lower bounds for any client, side by side against real Tarantool instances. */
@NullMarked
package io.github.moonlibs.discovery.benchmarks.sidebyside;

import org.jspecify.annotations.NullMarked;
