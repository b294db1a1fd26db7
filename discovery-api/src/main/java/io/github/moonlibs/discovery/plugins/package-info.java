/** Finds plug-ins. Not exported, except to the modules of this library. */
@NullMarked
package io.github.moonlibs.discovery.plugins;

import org.jspecify.annotations.NullMarked;
