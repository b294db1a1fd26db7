/** Tests of the library as its users see it, on real servers. */
@NullMarked
package io.github.moonlibs.discovery.it;

import org.jspecify.annotations.NullMarked;
