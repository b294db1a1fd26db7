/** Fuzz targets in the package of the readers. */
@NullMarked
package io.github.moonlibs.discovery.cli;

import org.jspecify.annotations.NullMarked;
