/** This library, its peers, and what a client cannot undercut, side by side against real Tarantool instances. */
@NullMarked
package io.github.moonlibs.discovery.benchmarks.sidebyside;

import org.jspecify.annotations.NullMarked;
