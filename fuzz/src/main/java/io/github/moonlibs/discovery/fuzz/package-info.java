/** Fuzz targets for all readers of what comes from outside, and what runs them. */
@NullMarked
package io.github.moonlibs.discovery.fuzz;

import org.jspecify.annotations.NullMarked;
