package io.github.moonlibs.discovery.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** Two hundred threads of every profile, most of them virtual, that call until they are stopped. */
final class Callers {
    /** Of how many callers one has a platform thread. */
    private static final int PLATFORM_ONE_IN = 5;
    /** The longest pause between two calls of a caller; half of it on average. */
    private static final long PAUSE_NANOS = Times.millis(300);
    /** What the longest call may take to end, with room for a busy machine. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Caller> callers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Service service;
    private final Recorder recorder;
    private final Map<String, String> nodeNames;
    private volatile boolean stopping;

    Callers(Service service, Recorder recorder, Map<String, String> nodeNames) {
        this.service = service;
        this.recorder = recorder;
        this.nodeNames = nodeNames;
    }

    /** Lets all of them begin. */
    void start(long seed) {
        SplittableRandom seeds = new SplittableRandom(seed);
        int number = 0;
        for (Profile profile : Profile.values()) {
            for (int i = 0; i < profile.callers(); i++) {
                SplittableRandom random = seeds.split();
                Caller caller = newCaller();
                Thread.Builder builder =
                        number % PLATFORM_ONE_IN == 0 ? Thread.ofPlatform().daemon() : Thread.ofVirtual();
                add(caller, builder.name("caller-" + number).start(() -> callAgainAndAgain(caller, profile, random)));
                number++;
            }
        }
    }

    /** Makes calls beside those of the two hundred, each on a virtual thread of its own. */
    void alsoCall(int calls, Consumer<Caller> call) {
        for (int i = 0; i < calls && !stopping; i++) {
            Caller caller = newCaller();
            add(caller, Thread.ofVirtual().name("caller").start(() -> call.accept(caller)));
        }
    }

    private Caller newCaller() {
        return new Caller(service, recorder, nodeNames);
    }

    private void add(Caller caller, Thread thread) {
        lock.lock();
        try {
            callers.add(caller);
            threads.add(thread);
        } finally {
            lock.unlock();
        }
    }

    private void callAgainAndAgain(Caller caller, Profile profile, SplittableRandom random) {
        while (!stopping) {
            LockSupport.parkNanos(random.nextLong(PAUSE_NANOS));
            caller.call(profile, random);
        }
    }

    /** Stops calling, and waits for the last calls; one that does not end in half a minute is recorded as such. */
    void stop() throws InterruptedException {
        stopping = true;
        long by = System.nanoTime() + PATIENCE.toNanos();
        for (int i = 0; i < threads.size(); i++) {
            long left = by - System.nanoTime();
            if (!threads.get(i).join(Duration.ofNanos(Math.max(1, left)))) {
                callers.get(i).giveUp();
            }
        }
    }
}
