/**
 * What bounds calls: the places on a node, the deadlines of those that wait, the retry budget, the end of the client. Begin
 * with {@link io.github.moonlibs.discovery.core.limits.Gate}. The room uses no other room.
 */
@NullMarked
package io.github.moonlibs.discovery.core.limits;

import org.jspecify.annotations.NullMarked;
