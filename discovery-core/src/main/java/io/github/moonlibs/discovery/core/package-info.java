/**
 * The client. This room puts the others together and takes them apart again; it may use all of them, and none of them uses
 * it. Begin with {@link io.github.moonlibs.discovery.core.CoreClient}.
 */
@NullMarked
package io.github.moonlibs.discovery.core;

import org.jspecify.annotations.NullMarked;
