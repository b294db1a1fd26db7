package io.github.moonlibs.discovery.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Which faults happen when: a pure function of the seed and the length of the run. Each node has a timeline of its own,
 * on which faults follow one another; so between none and all of them are in trouble at a time. Once in about a minute
 * all of them are at once. Poison has a timeline beside those of the nodes.
 *
 * @param seed from which it follows
 * @param length of the run
 * @param faults in the order in which they begin
 */
record Schedule(long seed, Duration length, List<PlannedFault> faults) {
    static final int NODES = 5;

    /**
     * Before the first fault, in milliseconds: every run begins with all nodes in service. What a cold process loads and
     * compiles in that time delays calls, and says nothing about faults; so they are not held to their time.
     */
    static final long CALM_START = 3_000;
    /** No fault begins later than that before the end. */
    private static final long CALM_END = 3_000;

    private static final long SHORTEST_FAULT = 300;
    private static final long LONGEST_FAULT = 5_000;
    private static final long SHORTEST_GAP = 5_000;
    private static final long LONGEST_GAP = 24_000;
    private static final long MINUTE = 60_000;

    /** How often each kind is drawn, relative to the others. */
    private enum Share {
        KILL(FaultKind.KILL, 4),
        TERMINATE(FaultKind.TERMINATE, 3),
        RESTART(FaultKind.RESTART, 2),
        FREEZE(FaultKind.FREEZE, 5),
        SATURATE(FaultKind.SATURATE, 2),
        SLOW_CALLS(FaultKind.SLOW_CALLS, 2),
        CUT(FaultKind.CUT, 3),
        CUT_TO(FaultKind.CUT_TO, 2),
        CUT_FROM(FaultKind.CUT_FROM, 2),
        LOSE(FaultKind.LOSE, 3);

        private static final int SUM = sum();

        private final FaultKind kind;
        private final int weight;

        Share(FaultKind kind, int weight) {
            this.kind = kind;
            this.weight = weight;
        }

        private static int sum() {
            int sum = 0;
            for (Share share : values()) {
                sum += share.weight;
            }
            return sum;
        }

        static FaultKind draw(SplittableRandom random) {
            int left = random.nextInt(SUM);
            for (Share share : values()) {
                left -= share.weight;
                if (left < 0) {
                    return share.kind;
                }
            }
            throw new AssertionError(left);
        }
    }

    /** What follows from the seed. */
    static Schedule of(long seed, Duration length) {
        // streams of their own, so that a change of one timeline leaves the others as they are
        SplittableRandom seeds = new SplittableRandom(seed);
        List<Long> calamities = calamities(seeds.split(), length.toMillis());
        List<PlannedFault> faults = new ArrayList<>();
        for (int node = 0; node < NODES; node++) {
            addTimeline(faults, node, seeds.split(), calamities, length.toMillis());
        }
        addPoison(faults, seeds.split(), length.toMillis());
        faults.sort(Comparator.comparing(PlannedFault::at).thenComparingInt(PlannedFault::node));
        return new Schedule(seed, length, List.copyOf(faults));
    }

    /** When all nodes fail together. */
    private static List<Long> calamities(SplittableRandom random, long length) {
        List<Long> times = new ArrayList<>();
        for (long minute = 0; minute < length; minute += MINUTE) {
            times.add(minute + random.nextLong(MINUTE / 2, MINUTE - CALM_END));
        }
        return times;
    }

    private static void addTimeline(
            List<PlannedFault> faults, int node, SplittableRandom random, List<Long> calamities, long length) {
        List<Long> left = new ArrayList<>(calamities);
        // the first gap is a part of one, as if the run were a stretch of a longer one
        long at = CALM_START + random.nextLong(LONGEST_GAP / 2);
        while (true) {
            long lasts = random.nextLong(SHORTEST_FAULT, LONGEST_FAULT);
            boolean isCalamity = !left.isEmpty() && at + lasts > left.getFirst();
            if (isCalamity) {
                at = left.removeFirst() + random.nextLong(300);
                lasts = Math.max(1_000, lasts / 2);
            }
            if (at > length - CALM_END) {
                return;
            }
            faults.add(fault(at, lasts, node, Share.draw(random), random));
            at += lasts + random.nextLong(SHORTEST_GAP, LONGEST_GAP);
        }
    }

    private static PlannedFault fault(long at, long lasts, int node, FaultKind kind, SplittableRandom random) {
        return new PlannedFault(
                Duration.ofMillis(at),
                Duration.ofMillis(kind == FaultKind.RESTART ? 0 : lasts),
                node,
                kind,
                kind == FaultKind.LOSE ? random.nextInt(5, 50) / 100.0 : 0);
    }

    private static void addPoison(List<PlannedFault> faults, SplittableRandom random, long length) {
        FaultKind[] kinds = {FaultKind.POISON_LARGE, FaultKind.POISON_CAUSES, FaultKind.POISON_NESTED};
        long at = CALM_START + random.nextLong(4_000);
        while (at <= length - CALM_END) {
            faults.add(
                    new PlannedFault(Duration.ofMillis(at), Duration.ZERO, -1, kinds[random.nextInt(kinds.length)], 0));
            at += random.nextLong(2_000, 14_000);
        }
    }

    /** Without those that need a firewall. The others stay as they are. */
    Schedule withoutFirewall() {
        return new Schedule(
                seed,
                length,
                faults.stream().filter(fault -> !fault.kind().needsFirewall()).toList());
    }

    /** Of one node; -1: the poison. */
    List<PlannedFault> of(int node) {
        return faults.stream().filter(fault -> fault.node() == node).toList();
    }
}
