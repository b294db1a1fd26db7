package io.github.moonlibs.discovery.chaos;

/** Waiting for threads where an interrupt is nothing to stop for. */
final class Threads {
    private Threads() {}

    /** Waits until it has ended; an interrupt is kept for later. */
    static void join(Thread thread) {
        boolean wasInterrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                wasInterrupted = true;
            }
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
