/** Fuzz targets in the package of the readers. */
@NullMarked
package io.github.moonlibs.discovery.core.topology;

import org.jspecify.annotations.NullMarked;
