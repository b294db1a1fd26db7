/**
 * A client as a bean of Spring Boot. Begin at {@link io.github.moonlibs.discovery.spring.DiscoveryAutoConfiguration}, and at
 * {@link io.github.moonlibs.discovery.spring.DiscoveryProperties} for what can be set.
 */
@NullMarked
package io.github.moonlibs.discovery.spring;

import org.jspecify.annotations.NullMarked;
