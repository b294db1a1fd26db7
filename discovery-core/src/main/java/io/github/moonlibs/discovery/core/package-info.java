/** The client. */
@NullMarked
package io.github.moonlibs.discovery.core;

import org.jspecify.annotations.NullMarked;
