/**
 * What Java types are as results and arguments: {@link io.github.moonlibs.discovery.types.Types} takes them apart, once.
 * Not exported, except to the transport, which reads and writes the bytes.
 */
@NullMarked
package io.github.moonlibs.discovery.types;

import org.jspecify.annotations.NullMarked;
