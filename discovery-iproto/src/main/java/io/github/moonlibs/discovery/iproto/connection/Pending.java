package io.github.moonlibs.discovery.iproto.connection;

import io.github.moonlibs.discovery.iproto.codec.ServerPacket;
import io.github.moonlibs.discovery.spi.PendingReply;

/** A request whose reply need not have values. */
interface Pending extends PendingReply {
    /** As {@link #result}, but without a look at the values. */
    ServerPacket packet();
}
