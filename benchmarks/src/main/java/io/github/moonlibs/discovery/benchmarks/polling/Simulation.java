package io.github.moonlibs.discovery.benchmarks.polling;

import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.HdrHistogram.Histogram;

/**
 * One server and all of its clients. The server handles one request after another, each in the same time. A client
 * asks, waits for the answer and a pause, and asks again. At first all clients ask within a few milliseconds, as after
 * a restart of the server. Times are microseconds. The same seed gives the same results.
 */
final class Simulation {
    private static final double START = 5_000;
    /** The longest time that a request or an answer travels. */
    private static final double WAY = 500;

    private static final double WINDOW = 10_000;
    private static final double SECOND = 1e6;

    private final Policy policy;
    private final Setting setting;
    private final RandomGenerator random;
    private final RandomGenerator changes;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final double[] pauses;
    private final int[] known;
    private final int[] requests;
    private final Histogram notices = new Histogram(3);
    private double busyUntil;
    private double changedAt;
    private int version;
    private double longestWait;
    private long polls;
    private long pushes;

    /**
     * The parameters of a simulation.
     *
     * @param clients how many clients the server has
     * @param seconds how long to simulate
     * @param secondsToChange from one change of the announcement to the next, on average
     * @param service how long the server is busy with one request, microseconds
     */
    record Setting(int clients, double seconds, double secondsToChange, double service, long seed) {}

    private record Event(double time, int client) implements Comparable<Event> {
        static final int CHANGE = -1;

        @Override
        public int compareTo(Event other) {
            return Double.compare(time, other.time);
        }
    }

    Simulation(Policy policy, Setting setting) {
        this.policy = policy;
        this.setting = setting;
        SplittableRandom seeded = new SplittableRandom(setting.seed());
        // a generator of its own, so that every policy has the same changes
        changes = seeded.split();
        random = seeded;
        pauses = new double[setting.clients()];
        known = new int[setting.clients()];
        requests = new int[(int) (setting.seconds() * SECOND / WINDOW) + 1];
    }

    Outcome run() {
        for (int client = 0; client < setting.clients(); client++) {
            pauses[client] = policy.shortest();
            events.add(new Event(random.nextDouble() * START, client));
        }
        scheduleChange(0);
        double end = setting.seconds() * SECOND;
        for (Event event = events.poll(); event != null && event.time() < end; event = events.poll()) {
            if (event.client() == Event.CHANGE) {
                change(event.time());
            } else {
                ask(event.time(), event.client());
            }
        }
        return outcome();
    }

    private boolean counts(double time) {
        return time >= setting.seconds() * SECOND / 2;
    }

    private void scheduleChange(double now) {
        // a Poisson process
        double pause = -Math.log(1 - changes.nextDouble()) * setting.secondsToChange() * SECOND;
        events.add(new Event(now + pause, Event.CHANGE));
    }

    private void change(double now) {
        version++;
        changedAt = now;
        if (policy.push()) {
            for (int client = 0; client < setting.clients(); client++) {
                learn(serve(now) + random.nextDouble() * WAY, client);
                pushes += counts(now) ? 1 : 0;
            }
        }
        scheduleChange(now);
    }

    private void ask(double now, int client) {
        requests[(int) (now / WINDOW)]++;
        double served = serve(now);
        longestWait = Math.max(longestWait, served - setting.service() - now);
        polls += counts(now) ? 1 : 0;
        boolean news = known[client] < version;
        double answered = served + random.nextDouble() * WAY;
        learn(answered, client);
        pauses[client] = policy.next(pauses[client], news);
        events.add(new Event(answered + policy.jittered(pauses[client], random) + random.nextDouble() * WAY, client));
    }

    /** Returns the time at which the server has handled a request that arrives now. */
    private double serve(double now) {
        busyUntil = Math.max(now, busyUntil) + setting.service();
        return busyUntil;
    }

    private void learn(double now, int client) {
        if (known[client] < version) {
            known[client] = version;
            if (counts(changedAt)) {
                notices.recordValue((long) (now - changedAt));
            }
        }
    }

    private Outcome outcome() {
        double seconds = setting.seconds() / 2;
        return new Outcome(
                policy.name(),
                polls / seconds,
                pushes / seconds,
                (polls + pushes) * setting.service() / SECOND / seconds,
                burst((int) (SECOND / WINDOW), (int) (2 * SECOND / WINDOW)),
                burst(requests.length / 2, requests.length - 1),
                longestWait / 1e3,
                notices.getValueAtPercentile(50) / 1e3,
                notices.getValueAtPercentile(99) / 1e3,
                notices.getMaxValue() / 1e3);
    }

    private double burst(int from, int to) {
        double most = 0;
        double sum = 0;
        for (int window = from; window < to; window++) {
            most = Math.max(most, requests[window]);
            sum += requests[window];
        }
        return sum == 0 ? 0 : most * (to - from) / sum;
    }
}
