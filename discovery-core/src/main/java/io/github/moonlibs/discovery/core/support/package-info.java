/**
 * What any room may need and what knows none of them: task scopes, observers, the flight recorder. Begin with {@link
 * io.github.moonlibs.discovery.core.support.TaskScope}. The room uses no other room.
 */
@NullMarked
package io.github.moonlibs.discovery.core.support;

import org.jspecify.annotations.NullMarked;
