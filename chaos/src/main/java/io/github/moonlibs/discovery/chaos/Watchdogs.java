package io.github.moonlibs.discovery.chaos;

import java.util.ArrayList;
import java.util.List;

/** Threads that sleep and measure how late they wake: what the machine adds to every deadline. */
final class Watchdogs implements AutoCloseable {
    private static final int OF_EACH_KIND = 2;
    private static final long SLEEP_MILLIS = 5;
    /** What is shorter is not worth a record. */
    private static final long WORTH_MENTIONING = Times.millis(2);

    private final Recorder recorder;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopping;

    Watchdogs(Recorder recorder) {
        this.recorder = recorder;
        for (int i = 0; i < OF_EACH_KIND; i++) {
            threads.add(Thread.ofPlatform().daemon().name("chaos-watchdog").start(() -> watch(false)));
            threads.add(Thread.ofVirtual().name("chaos-watchdog").start(() -> watch(true)));
        }
    }

    private void watch(boolean isVirtual) {
        while (!stopping) {
            long due = recorder.now() + Times.millis(SLEEP_MILLIS);
            try {
                Thread.sleep(SLEEP_MILLIS);
            } catch (InterruptedException closed) {
                return;
            }
            long now = recorder.now();
            if (now - due >= WORTH_MENTIONING) {
                recorder.addDelay(new Stretch(due, now), isVirtual);
            }
        }
    }

    @Override
    public void close() {
        stopping = true;
        threads.forEach(Thread::interrupt);
    }
}
