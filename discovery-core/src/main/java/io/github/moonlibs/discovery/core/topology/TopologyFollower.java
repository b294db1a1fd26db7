package io.github.moonlibs.discovery.core.topology;

import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.core.support.Backoff;
import io.github.moonlibs.discovery.core.support.Callbacks;
import io.github.moonlibs.discovery.core.support.Observers;
import io.github.moonlibs.discovery.spi.TopologySource;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Runs the topology source, again and again if it fails, until it is stopped. */
public final class TopologyFollower implements Runnable {
    private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final TopologySource source;
    private final Topology topology;
    private final Observers observers;
    private final Backoff backoff;

    private volatile boolean stopping;
    private volatile @Nullable Thread thread;

    /** @param observers of the client, which the source may close */
    public TopologyFollower(TopologySource source, Topology topology, Observers observers, RandomGenerator random) {
        this.source = source;
        this.topology = topology;
        this.observers = observers;
        this.backoff = new Backoff(SHORTEST_PAUSE_NANOS, LONGEST_PAUSE_NANOS, random);
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        while (!stopping) {
            try {
                Callbacks.<Exception>run(observers, () -> source.follow(new Sink()));
                if (!stopping) {
                    topology.settle();
                }
                return;
            } catch (InterruptedException stopped) {
                // the loop's condition knows whether it was a stop
            } catch (Exception e) {
                failed(e.getMessage() == null ? e.toString() : e.getMessage());
            } catch (Throwable e) {
                // a plug-in whose classes do not fit together, or too little memory; the message alone is but a name
                failed(e.toString());
            }
            pause();
        }
    }

    private void failed(String message) {
        try {
            topology.failed(message);
        } catch (Throwable again) {
            // what there is too little of may be needed to report it; the source is asked again all the same
        }
    }

    private void pause() {
        long nanos = backoff.nextNanos();
        long start = System.nanoTime();
        for (long left = nanos; left > 0 && !stopping; left = nanos - (System.nanoTime() - start)) {
            LockSupport.parkNanos(this, left);
            // an interrupt is a stop, which the condition knows of, or left behind by an observer
            Thread.interrupted();
        }
    }

    public void stop() {
        stopping = true;
        Thread follower = thread;
        if (follower != null) {
            follower.interrupt();
        }
    }

    /** Passes on what the source says; whatever is said, the source works again. */
    private final class Sink implements TopologySource.Sink {
        @Override
        public void publish(Collection<Instance> instances) {
            backoff.reset();
            topology.publish(instances);
        }

        @Override
        public void publish(Collection<Instance> instances, String problem) {
            backoff.reset();
            topology.publish(instances, problem);
        }

        @Override
        public void failed(String message) {
            topology.failed(message);
        }
    }
}
