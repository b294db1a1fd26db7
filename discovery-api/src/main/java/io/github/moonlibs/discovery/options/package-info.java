/** What options have to satisfy, and how one is found for a method. Not exported, except to the modules of this library. */
@NullMarked
package io.github.moonlibs.discovery.options;

import org.jspecify.annotations.NullMarked;
