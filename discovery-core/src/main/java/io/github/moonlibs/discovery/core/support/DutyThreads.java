package io.github.moonlibs.discovery.core.support;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/**
 * Threads for what a client has to do as long as it lives. The first ones are threads of the platform, for two reasons. They
 * run while the application's computing callers keep all carriers busy. And they outlive a lack of memory, in which the JDK
 * loses virtual threads for good, in whatever they wait (in JDK 21 and 25: what schedules them again takes memory). A client of
 * very many nodes has virtual threads for the rest, because so many threads of the platform would cost more than both.
 *
 * <p>For one thread, which starts each thread before it asks for the next one.
 */
final class DutyThreads implements ThreadFactory {
    /** So many at a time are threads of the platform. */
    static final int PLATFORM = 64;

    private final List<Thread> ofPlatform = new ArrayList<>(PLATFORM);

    @Override
    public Thread newThread(Runnable duty) {
        ofPlatform.removeIf(thread -> !thread.isAlive());
        if (ofPlatform.size() == PLATFORM) {
            return Thread.ofVirtual().unstarted(duty);
        }
        Thread thread = Thread.ofPlatform().daemon().unstarted(duty);
        ofPlatform.add(thread);
        return thread;
    }
}
