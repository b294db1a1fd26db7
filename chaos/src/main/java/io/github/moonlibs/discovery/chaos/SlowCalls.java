package io.github.moonlibs.discovery.chaos;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** More slow calls of the client itself than one server has under way at a time. All of them should be answered. */
final class SlowCalls implements Fault {
    /** Above the default of {@code net_msg_max}, 768. */
    private static final int CALLS = 900;

    private static final double SECONDS = 1.6;
    private static final long PATIENCE_SECONDS = 60;

    private final Member member;
    private final Callers callers;
    private final CountDownLatch ended = new CountDownLatch(CALLS);

    SlowCalls(Member member, Callers callers) {
        this.member = member;
        this.callers = callers;
    }

    @Override
    public void begin() {
        callers.alsoCall(CALLS, caller -> {
            try {
                caller.call(Profile.SLOW, Procedure.SLOW, member.name(), "slow", SECONDS);
            } finally {
                ended.countDown();
            }
        });
    }

    @Override
    public void end() throws IOException, InterruptedException {
        if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException(ended.getCount() + " slow calls have not ended after " + PATIENCE_SECONDS + " s");
        }
    }
}
