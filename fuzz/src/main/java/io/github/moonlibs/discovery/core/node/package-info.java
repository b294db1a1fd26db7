/** Fuzz targets in the package of the readers. */
@NullMarked
package io.github.moonlibs.discovery.core.node;

import org.jspecify.annotations.NullMarked;
