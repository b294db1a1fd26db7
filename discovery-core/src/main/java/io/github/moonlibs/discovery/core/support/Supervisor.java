package io.github.moonlibs.discovery.core.support;

import static java.lang.System.Logger.Level.ERROR;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Owns the client's threads: one thread opens a scope that lives as long as the client, and everything else runs in that
 * scope. When the supervisor has ended, so has every thread. {@link DutyThreads} makes the threads of the scope.
 */
public final class Supervisor {
    private static final Log LOG = Log.ofCore();

    /** How long to wait before a task that could not be started is started again. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    private record Task(String name, Runnable body) {}

    /** What to start; nothing: the end. */
    private final BlockingQueue<Optional<Task>> tasks = new LinkedBlockingQueue<>();

    private final Thread thread;

    public Supervisor(TaskScope.Factory scopes) {
        thread = Thread.ofPlatform().daemon().name("discovery-supervisor").start(() -> run(scopes));
    }

    /** Runs the task in the scope, soon. Any thread may ask: a scope takes tasks from its owner only. */
    public void start(String name, Runnable task) {
        tasks.add(Optional.of(new Task(name, task)));
    }

    private void run(TaskScope.Factory scopes) {
        try (TaskScope scope = scopes.open(null, new DutyThreads())) {
            for (var next = take(); next.isPresent(); next = take()) {
                fork(scope, next.get());
            }
            TaskScopes.uninterrupted(scope::join);
        }
    }

    private Optional<Task> take() {
        while (true) {
            try {
                return tasks.take();
            } catch (InterruptedException foreign) {
                // of code that interrupts every thread it finds; the end is a task, too
            }
        }
    }

    /** Starts the task; after an Error, which a lack of memory may bring, it is started later. */
    private void fork(TaskScope scope, Task task) {
        boolean isReported = false;
        while (true) {
            try {
                scope.fork(task.name(), task.body());
                return;
            } catch (Error defect) {
                if (!isReported) {
                    LOG.log(ERROR, task.name() + " cannot be started; trying again", defect);
                    isReported = true;
                }
                LockSupport.parkNanos(this, PAUSE.toNanos());
                Thread.interrupted();
            }
        }
    }

    /**
     * Takes no more tasks and waits for those that run; each has to be ended by other means.
     *
     * @return whether all of them ended within the time
     */
    public boolean end(Duration patience) throws InterruptedException {
        tasks.add(Optional.empty());
        return thread.join(patience);
    }
}
