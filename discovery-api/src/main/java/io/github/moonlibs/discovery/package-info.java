/** What an application calls; {@link io.github.moonlibs.discovery.DiscoveryClient} is the way in. */
@NullMarked
package io.github.moonlibs.discovery;

import org.jspecify.annotations.NullMarked;
