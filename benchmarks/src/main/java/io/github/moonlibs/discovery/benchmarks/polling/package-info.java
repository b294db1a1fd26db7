/** What discovery costs the servers where there are very many clients. */
@NullMarked
package io.github.moonlibs.discovery.benchmarks.polling;

import org.jspecify.annotations.NullMarked;
