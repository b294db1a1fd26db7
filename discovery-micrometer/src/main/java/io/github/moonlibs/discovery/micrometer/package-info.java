/** What a client does, as Micrometer's metrics and observations. */
@NullMarked
package io.github.moonlibs.discovery.micrometer;

import org.jspecify.annotations.NullMarked;
