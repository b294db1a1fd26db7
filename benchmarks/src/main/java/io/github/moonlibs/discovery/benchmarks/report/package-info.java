/** The results, as a page and as tables. */
@NullMarked
package io.github.moonlibs.discovery.benchmarks.report;

import org.jspecify.annotations.NullMarked;
