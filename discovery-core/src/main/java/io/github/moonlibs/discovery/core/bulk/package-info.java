/**
 * Many calls that one thread makes at once. Begin with {@link io.github.moonlibs.discovery.core.bulk.BulkCall}. Each of
 * them is a call as the room {@code call} makes it; this room has what makes them cheap together.
 */
@NullMarked
package io.github.moonlibs.discovery.core.bulk;

import org.jspecify.annotations.NullMarked;
