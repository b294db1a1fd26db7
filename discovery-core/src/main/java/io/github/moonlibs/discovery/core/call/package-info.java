/**
 * The path of one call: what was asked, where it may go, what may follow, and the drivers that make its attempts. Begin with
 * {@link io.github.moonlibs.discovery.core.call.SequentialCall}, and read {@link
 * io.github.moonlibs.discovery.core.call.OpenAttempt} next. The room may use routing, node, health, limits and support.
 */
@NullMarked
package io.github.moonlibs.discovery.core.call;

import org.jspecify.annotations.NullMarked;
