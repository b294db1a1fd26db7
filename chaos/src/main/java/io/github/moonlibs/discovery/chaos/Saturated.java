package io.github.moonlibs.discovery.chaos;

import java.io.IOException;

/**
 * More slow calls than a server has under way at a time, on a connection that the client knows nothing of. A Tarantool
 * with default settings reads from no connection then.
 */
final class Saturated implements Fault {
    /** Above the default of {@code net_msg_max}, 768. */
    private static final int CALLS = 1_000;

    private static final int TIMEOUT_MILLIS = 10_000;

    private final Wire wire;
    private final double seconds;

    Saturated(Member member, PlannedFault planned) throws IOException {
        wire = new Wire(member.host(), member.port(), TIMEOUT_MILLIS);
        seconds = planned.length().toMillis() / 1e3;
    }

    @Override
    public void begin() throws IOException {
        for (int i = 0; i < CALLS; i++) {
            wire.send("chaos.sleep", 0, seconds);
        }
    }

    @Override
    public void end() {
        wire.close();
    }
}
