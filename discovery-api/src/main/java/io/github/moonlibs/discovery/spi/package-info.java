/** What plug-ins implement: topology sources, weight strategies, transports, observers. */
@NullMarked
package io.github.moonlibs.discovery.spi;

import org.jspecify.annotations.NullMarked;
