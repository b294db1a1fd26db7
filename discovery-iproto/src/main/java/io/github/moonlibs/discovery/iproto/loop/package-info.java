/**
 * Threads that wait for many connections each, and take over what other threads cannot go on with. Begin with {@link
 * io.github.moonlibs.discovery.iproto.loop.IoLoop}. Knows sockets, but neither requests nor replies; uses no other package of
 * the module.
 */
@NullMarked
package io.github.moonlibs.discovery.iproto.loop;

import org.jspecify.annotations.NullMarked;
