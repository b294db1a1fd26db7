package io.github.moonlibs.discovery.chaos;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Takes down what happens in a run, from any thread. */
final class Recorder {
    private final long origin = System.nanoTime();
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private final Queue<Trouble> troubles = new ConcurrentLinkedQueue<>();
    private final Queue<Probe> probes = new ConcurrentLinkedQueue<>();
    private final Queue<Stretch> platformDelays = new ConcurrentLinkedQueue<>();
    private final Queue<Stretch> virtualDelays = new ConcurrentLinkedQueue<>();
    private final Queue<BudgetSample> budget = new ConcurrentLinkedQueue<>();
    private final Queue<Ejected> ejections = new ConcurrentLinkedQueue<>();
    private final Queue<String> leftovers = new ConcurrentLinkedQueue<>();

    /** Nanoseconds from the start of the run. */
    long now() {
        return System.nanoTime() - origin;
    }

    /** A number for a call, unlike any before. */
    long nextNumber() {
        return numbers.incrementAndGet();
    }

    void add(Call call) {
        calls.add(call);
        if (!(call.outcome() instanceof Call.Answer)) {
            failed.incrementAndGet();
        }
    }

    void add(Trouble trouble) {
        troubles.add(trouble);
    }

    void add(Probe probe) {
        probes.add(probe);
    }

    void addDelay(Stretch delay, boolean isVirtual) {
        (isVirtual ? virtualDelays : platformDelays).add(delay);
    }

    void add(BudgetSample sample) {
        budget.add(sample);
    }

    void add(Ejected ejected) {
        ejections.add(ejected);
    }

    void addLeftover(String leftover) {
        leftovers.add(leftover);
    }

    /** How many calls have begun. */
    long calls() {
        return numbers.get();
    }

    /** How many calls have ended without an answer. */
    long failed() {
        return failed.get();
    }

    /** All of it, with what the nodes wrote down. */
    History history(long seed, List<String> nodes, List<Execution> executions) {
        return new History(
                seed,
                nodes,
                List.copyOf(calls),
                executions,
                List.copyOf(troubles),
                List.copyOf(probes),
                new Delays(List.copyOf(platformDelays)),
                new Delays(List.copyOf(virtualDelays)),
                List.copyOf(budget),
                List.copyOf(ejections),
                List.copyOf(leftovers));
    }
}
