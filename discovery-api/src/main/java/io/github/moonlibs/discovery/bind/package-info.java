/** Implements interfaces by calls. Not exported: {@link io.github.moonlibs.discovery.DiscoveryClient#bind} is the way in. */
@NullMarked
package io.github.moonlibs.discovery.bind;

import org.jspecify.annotations.NullMarked;
