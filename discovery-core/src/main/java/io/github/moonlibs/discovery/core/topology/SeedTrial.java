package io.github.moonlibs.discovery.core.topology;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.core.support.TaskScopes;
import io.github.moonlibs.discovery.core.topology.PeerList.NoPeersException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One more address that is asked, beside the instance that is asked again and again: where packets vanish that takes seconds, in
 * which the other one is to be asked, and to be left if it shuts down. For one thread at a time, which closes it.
 */
final class SeedTrial implements AutoCloseable {
    /** What a member says at that address, over a connection that is open still. */
    record Answer(SeedConnection connection, PeerList list) {}

    /** Opens the connection; it is closed if it gives no answer. */
    interface Opening {
        SeedConnection open() throws InterruptedException;
    }

    private final FutureTask<@Nullable Answer> task;
    private final Thread thread;

    SeedTrial(Opening opening) {
        Callable<@Nullable Answer> asking = () -> ask(opening);
        task = new FutureTask<>(asking);
        // not virtual: the application may keep all carriers busy
        thread = Thread.ofPlatform().daemon().name("discovery-seed").start(task);
    }

    /** Null if there is no answer. Why there is none is no failure of the source. */
    private static @Nullable Answer ask(Opening opening) throws InterruptedException {
        SeedConnection connection = null;
        boolean hasAnswered = false;
        try {
            connection = opening.open();
            Answer answer = new Answer(connection, connection.ask());
            hasAnswered = true;
            return answer;
        } catch (AttemptException | ConversionException | NoPeersException absent) {
            return null;
        } finally {
            if (connection != null && !hasAnswered) {
                connection.close();
            }
        }
    }

    /**
     * Waits for its end; returns whether it has come.
     *
     * @throws IllegalStateException if it failed by a defect
     */
    boolean isOver(long millis) throws InterruptedException {
        try {
            task.get(Math.max(0, millis), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException defect) {
            throw new IllegalStateException(defect.getCause());
        } catch (TimeoutException notYet) {
            return false;
        }
    }

    /** What came of one that is over; null if there is no answer. The connection is the caller's from now on. */
    @Nullable
    Answer answer() {
        return task.state() == FutureTask.State.SUCCESS ? task.resultNow() : null;
    }

    /** Ends it, whatever it has found. Returns when its thread has ended. */
    @Override
    public void close() {
        thread.interrupt();
        TaskScopes.uninterrupted(thread::join);
        Answer unused = answer();
        if (unused != null) {
            unused.connection().close();
        }
    }
}
