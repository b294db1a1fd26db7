/** The pickers of gRPC-Java, as a yardstick. */
@NullMarked
package io.github.moonlibs.discovery.benchmarks.grpc;

import org.jspecify.annotations.NullMarked;
