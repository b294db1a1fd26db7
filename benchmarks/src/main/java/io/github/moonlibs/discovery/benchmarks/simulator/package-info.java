/** The client's choice of nodes in virtual time: real strategies, slow start and ejection, with simulated servers. */
@NullMarked
package io.github.moonlibs.discovery.benchmarks.simulator;

import org.jspecify.annotations.NullMarked;
