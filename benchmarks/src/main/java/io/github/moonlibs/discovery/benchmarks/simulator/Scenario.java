package io.github.moonlibs.discovery.benchmarks.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What happens to which node, and when.
 *
 * @param clients how many clients call, each with its own view of the nodes
 * @param callsPerSecond the calls of each client, at random moments
 * @param seconds the length of the scenario
 * @param measuredFrom the second from which calls count, so that the events show
 * @param servers the nodes; each of weight 100
 * @param hedgeAfter the time after which a call is hedged, in seconds; infinite: never
 * @param places how many attempts a client has under way on a node at most
 */
record Scenario(
        String name,
        int clients,
        double callsPerSecond,
        double seconds,
        double measuredFrom,
        List<Trouble> servers,
        double hedgeAfter,
        int places) {
    private static final double NEVER = Double.POSITIVE_INFINITY;

    private Scenario(
            String name,
            int clients,
            double callsPerSecond,
            double seconds,
            double measuredFrom,
            List<Trouble> servers) {
        this(name, clients, callsPerSecond, seconds, measuredFrom, servers, NEVER, 512);
    }

    private Scenario hedged(double after) {
        return new Scenario(name, clients, callsPerSecond, seconds, measuredFrom, servers, after, places);
    }

    private Scenario bounded(int most) {
        return new Scenario(name, clients, callsPerSecond, seconds, measuredFrom, servers, hedgeAfter, most);
    }

    /** A Tarantool instance that serves a procedure in about a millisecond, on as many fibers as it has CPU for. */
    private static final Trouble WELL = new Trouble(16);

    static final Scenario HEALTHY = new Scenario("healthy", 100, 100, 20, 5, List.of(WELL, WELL, WELL));

    static final Scenario ONE_SLOW =
            new Scenario("one of three 20× slower", 100, 100, 20, 5, List.of(WELL.slower(5, 20), WELL, WELL));

    static final Scenario PAUSE =
            new Scenario("one of three pauses 2 s", 100, 100, 20, 5, List.of(WELL.hanging(8, 10), WELL, WELL));

    static final Scenario RAMP = new Scenario(
            "one of three slows down to 20×", 100, 100, 30, 5, List.of(WELL.ramping(5, 25, 20), WELL, WELL));

    static final Scenario DEAD =
            new Scenario("one of three times out for 20 s", 50, 100, 75, 5, List.of(WELL.hanging(5, 25), WELL, WELL));

    static final Scenario HALF_FAIL = new Scenario(
            "three of six time out for 5 s",
            100,
            100,
            20,
            5,
            List.of(WELL, WELL, WELL, WELL.hanging(8, 13), WELL.hanging(8, 13), WELL.hanging(8, 13)));

    /** Every fourth node has only a quarter of the capacity that its weight promises. */
    static final Scenario UNEVEN = new Scenario(
            "100 nodes, a quarter overestimated",
            200,
            100,
            12,
            4,
            IntStream.range(0, 100)
                    .mapToObj(i -> new Trouble(1).slowService(i % 4 == 0 ? 4 : 1))
                    .toList());

    static final Scenario COLD_START =
            new Scenario("one of three joins with cold caches", 100, 100, 30, 5, List.of(WELL, WELL, WELL.cold(8, 10)));

    /** Its errors come at once, and the other nodes answer what it fails at. */
    static final Scenario FAILS_FAST =
            new Scenario("one of three fails fast", 100, 100, 30, 5, List.of(WELL.failing(5, 30), WELL, WELL));

    /** It serves a seventh of what its weight promises, and has as many calls to do as its clients have places. */
    static final Scenario SATURATED = new Scenario(
                    "one of three is full", 100, 100, 20, 5, List.of(new Trouble(1).slowService(2), WELL, WELL))
            .bounded(4);

    /** The calls that count begin when one has come back, and has done what was queued. */
    static final Scenario ALL_DOWN = new Scenario(
            "all time out, one comes back",
            50,
            100,
            35,
            14,
            List.of(WELL.hanging(5, 12), WELL.hanging(5, 60), WELL.hanging(5, 60)));

    static final Scenario HEDGED_HUNG = new Scenario(
                    "hedged, one of three hangs", 100, 100, 20, 5, List.of(WELL.hanging(5, 60), WELL, WELL))
            .hedged(0.02);

    /** Two replicas go down, one after the other, and come back; only meanwhile the master, in the next tier, gets reads. */
    static final Scenario FALLBACK = new Scenario(
            "a tier empties and comes back",
            50,
            100,
            30,
            5,
            List.of(WELL.absent(8, 24), WELL.absent(11, 18), WELL.inTier(1)));

    /** It is down two seconds and up two seconds, twelve times. */
    static final Scenario FLAPPING_TIER = new Scenario(
            "a tier whose only replica flaps", 50, 100, 115, 5, List.of(WELL.flapping(5, 53, 2), WELL.inTier(1)));

    /** A while during which a server is down. */
    record Absence(double from, double to) {}

    /**
     * The troubles of a server.
     *
     * @param workers how many calls it works on at the same time
     * @param service its service time, where 1 is a millisecond on average
     * @param slowFrom the second from which answers are late, without taking more of its workers
     * @param slowTo the second at which they are {@code slowness} times as late; they grow evenly until then
     * @param hangsFrom the second from which no call is worked on
     * @param hangsTo the second from which calls are worked on again
     * @param joins the second at which the server joins
     * @param coldness how many times slower the server is before its caches are filled
     * @param failsFrom the second from which each call is answered with an error at once
     * @param failsTo the second from which calls are served again
     * @param tier which it announces
     * @param absences when it is down; its connections are lost at once, and are there again when it is back
     */
    record Trouble(
            int workers,
            double service,
            double slowFrom,
            double slowTo,
            double slowness,
            double hangsFrom,
            double hangsTo,
            double joins,
            double coldness,
            double failsFrom,
            double failsTo,
            int tier,
            List<Absence> absences) {
        Trouble(int workers) {
            this(workers, 1, NEVER, NEVER, 1, NEVER, NEVER, 0, 1, NEVER, NEVER, 0, List.of());
        }

        Trouble slower(double from, double times) {
            return ramping(from, from, times);
        }

        Trouble ramping(double from, double to, double times) {
            return new Trouble(
                    workers, service, from, to, times, hangsFrom, hangsTo, joins, coldness, failsFrom, failsTo, tier,
                    absences);
        }

        Trouble hanging(double from, double to) {
            return new Trouble(
                    workers, service, slowFrom, slowTo, slowness, from, to, joins, coldness, failsFrom, failsTo, tier,
                    absences);
        }

        Trouble slowService(double times) {
            return new Trouble(
                    workers, times, slowFrom, slowTo, slowness, hangsFrom, hangsTo, joins, coldness, failsFrom, failsTo,
                    tier, absences);
        }

        Trouble cold(double from, double times) {
            return new Trouble(
                    workers, service, slowFrom, slowTo, slowness, hangsFrom, hangsTo, from, times, failsFrom, failsTo,
                    tier, absences);
        }

        Trouble failing(double from, double to) {
            return new Trouble(
                    workers, service, slowFrom, slowTo, slowness, hangsFrom, hangsTo, joins, coldness, from, to, tier,
                    absences);
        }

        Trouble inTier(int number) {
            return new Trouble(
                    workers, service, slowFrom, slowTo, slowness, hangsFrom, hangsTo, joins, coldness, failsFrom,
                    failsTo, number, absences);
        }

        Trouble absent(double from, double to) {
            List<Absence> more = new ArrayList<>(absences);
            more.add(new Absence(from, to));
            return new Trouble(
                    workers, service, slowFrom, slowTo, slowness, hangsFrom, hangsTo, joins, coldness, failsFrom,
                    failsTo, tier, more);
        }

        /** Down for so long, then up for so long, again and again. */
        Trouble flapping(double from, double to, double phase) {
            Trouble flapping = this;
            for (double at = from; at < to; at += 2 * phase) {
                flapping = flapping.absent(at, at + phase);
            }
            return flapping;
        }

        /** When a call that is under way at this second is lost, because the server goes down. */
        double lostAfter(double second) {
            return absences.stream()
                    .mapToDouble(Absence::from)
                    .filter(from -> from > second)
                    .min()
                    .orElse(NEVER);
        }

        boolean failsAt(double second) {
            return second >= failsFrom && second < failsTo;
        }

        /** By which factor answers are later than the service time. */
        double slownessAt(double second) {
            if (second < slowFrom) {
                return 1;
            }
            return second >= slowTo ? slowness : 1 + (slowness - 1) * (second - slowFrom) / (slowTo - slowFrom);
        }
    }
}
