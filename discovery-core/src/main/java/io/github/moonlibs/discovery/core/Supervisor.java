package io.github.moonlibs.discovery.core;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Owns the client's threads: one virtual thread opens a scope that lives as long as the client, and everything else runs
 * in that scope. When the supervisor has ended, so has every thread.
 */
final class Supervisor {
    private record Task(String name, Runnable body) {}

    /** What to start; nothing: the end. */
    private final BlockingQueue<Optional<Task>> tasks = new LinkedBlockingQueue<>();

    private final Thread thread;

    Supervisor(TaskScope.Factory scopes) {
        thread = Thread.ofVirtual().name("discovery-supervisor").start(() -> run(scopes));
    }

    /** Runs the task in the scope, soon. Any thread may ask: a scope takes tasks from its owner only. */
    void start(String name, Runnable task) {
        tasks.add(Optional.of(new Task(name, task)));
    }

    private void run(TaskScope.Factory scopes) {
        try (TaskScope scope = scopes.open(null)) {
            for (var next = tasks.take(); next.isPresent(); next = tasks.take()) {
                scope.fork(next.get().name(), next.get().body());
            }
            scope.join();
        } catch (InterruptedException e) {
            // nobody else knows this thread; closing the scope ends the tasks all the same
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Takes no more tasks and waits for those that run; each has to be told to end by other means.
     *
     * @return whether all of them ended within the time
     */
    boolean end(Duration patience) throws InterruptedException {
        tasks.add(Optional.empty());
        return thread.join(patience);
    }
}
