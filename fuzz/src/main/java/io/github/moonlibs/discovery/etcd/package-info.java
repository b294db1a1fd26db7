/** Fuzz targets in the package of the readers. */
@NullMarked
package io.github.moonlibs.discovery.etcd;

import org.jspecify.annotations.NullMarked;
