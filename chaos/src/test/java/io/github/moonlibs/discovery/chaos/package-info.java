/** The checker on histories that are known, and the schedule. */
@NullMarked
package io.github.moonlibs.discovery.chaos;

import org.jspecify.annotations.NullMarked;
