/**
 * Tarantool's binary protocol. The module exports nothing: {@link io.github.moonlibs.discovery.iproto.IprotoTransport} is found
 * by {@link java.util.ServiceLoader}, and the place to begin reading. This package connects; it may use all others of the
 * module:
 *
 * <pre>
 *   iproto ──▶ iproto.connection ──▶ iproto.exchange, iproto.stream, iproto.watch, iproto.loop
 *     │              │                    │
 *     └──────────────┴──▶ iproto.wire ────┴──▶ iproto.codec ──▶ codec.values ──▶ codec.msgpack
 * </pre>
 */
@NullMarked
package io.github.moonlibs.discovery.iproto;

import org.jspecify.annotations.NullMarked;
