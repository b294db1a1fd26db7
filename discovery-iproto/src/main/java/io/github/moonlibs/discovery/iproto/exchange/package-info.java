/**
 * Requests that are under way: their states, the table in which replies find them, the queue to the sender and its bound. Begin
 * with {@link io.github.moonlibs.discovery.iproto.exchange.Exchange}. Knows no socket; uses the codec alone.
 */
@NullMarked
package io.github.moonlibs.discovery.iproto.exchange;

import org.jspecify.annotations.NullMarked;
