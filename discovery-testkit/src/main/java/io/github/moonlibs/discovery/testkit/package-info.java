/** For tests: in-process nodes, a fault proxy, and real servers. */
@NullMarked
package io.github.moonlibs.discovery.testkit;

import org.jspecify.annotations.NullMarked;
