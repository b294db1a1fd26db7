/** What an application sees. */
@NullMarked
package io.github.moonlibs.discovery;

import org.jspecify.annotations.NullMarked;
