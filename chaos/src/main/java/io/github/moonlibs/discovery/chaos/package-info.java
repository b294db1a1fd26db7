/** Real nodes under seeded faults, callers of every kind, and a checker over the history of all calls. */
@NullMarked
package io.github.moonlibs.discovery.chaos;

import org.jspecify.annotations.NullMarked;
