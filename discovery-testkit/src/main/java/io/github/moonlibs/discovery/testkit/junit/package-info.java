/**
 * An extension of JUnit Jupiter: tests on in-process nodes. Begin with {@link
 * io.github.moonlibs.discovery.testkit.junit.DiscoveryTest}.
 */
@NullMarked
package io.github.moonlibs.discovery.testkit.junit;

import org.jspecify.annotations.NullMarked;
