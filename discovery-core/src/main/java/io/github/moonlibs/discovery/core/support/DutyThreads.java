package io.github.moonlibs.discovery.core.support;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/**
 * Threads for what a client has to do as long as it lives. The first ones are platform threads, for two reasons. They run
 * while the application keeps all carriers busy with computing. And they outlive a lack of memory, in which the JDK loses
 * virtual threads for good, whatever they wait for: in JDK 21 and 25, scheduling them again takes memory. A client of very
 * many nodes has virtual threads for the rest, because so many platform threads would cost more than that is worth.
 *
 * <p>Used by one thread, which starts each new thread before it asks for the next one.
 */
final class DutyThreads implements ThreadFactory {
    /** So many at a time are platform threads. */
    static final int PLATFORM = 64;

    /** After so many in a row that could not be started, the process may have no more of them: the next one is virtual. */
    private static final int MOST_FAILED = 3;

    private final List<Thread> ofPlatform = new ArrayList<>(PLATFORM);

    private int failed;

    @Override
    public Thread newThread(Runnable duty) {
        boolean hasFailed = !ofPlatform.isEmpty() && ofPlatform.getLast().getState() == Thread.State.NEW;
        failed = hasFailed ? failed + 1 : 0;
        ofPlatform.removeIf(thread -> !thread.isAlive());
        if (ofPlatform.size() == PLATFORM || failed == MOST_FAILED) {
            return Thread.ofVirtual().unstarted(duty);
        }
        Thread thread = Thread.ofPlatform().daemon().unstarted(duty);
        ofPlatform.add(thread);
        return thread;
    }
}
