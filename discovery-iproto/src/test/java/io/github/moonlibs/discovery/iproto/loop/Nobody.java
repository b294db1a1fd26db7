package io.github.moonlibs.discovery.iproto.loop;

import java.nio.ByteBuffer;

/** A client that a loop never served, and that leaves it. */
public final class Nobody implements IoLoop.Client {
    @Override
    public void readable(ByteBuffer buffer) {}

    @Override
    public void writable() {}

    @Override
    public boolean sendGathered() {
        return false;
    }

    @Override
    public long expire(long now, long latest) {
        return latest;
    }

    @Override
    public void expireLate(long now) {}

    @Override
    public void abandoned(Throwable defect) {}
}
