/** Fuzz targets in the package of the readers. */
@NullMarked
package io.github.moonlibs.discovery.iproto.codec;

import org.jspecify.annotations.NullMarked;
