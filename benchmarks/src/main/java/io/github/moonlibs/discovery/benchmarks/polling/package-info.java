/** The cost of discovery for servers with very many clients. */
@NullMarked
package io.github.moonlibs.discovery.benchmarks.polling;

import org.jspecify.annotations.NullMarked;
