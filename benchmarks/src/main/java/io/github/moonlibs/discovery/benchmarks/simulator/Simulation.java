package io.github.moonlibs.discovery.benchmarks.simulator;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.core.VirtualClient;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * One scenario with one set of options: events in the order of virtual time, the same for the same seed. A call is
 * retried at once on a node that it has not tried, as long as there is one. An attempt times out after a second. There is
 * no retry budget, so that the extra calls show what it would have to bear.
 */
final class Simulation {
    private static final double TIMEOUT = 1;
    private static final double TICK = 0.1;

    /** After this a call that found no place looks again. */
    private static final double PLACE = 0.001;

    /** What an error takes that comes at once. */
    private static final double ERROR = 0.0002;

    private static final double WEIGHT = 100;

    private final Scenario scenario;
    private final RandomGenerator random;
    private final List<VirtualServer> servers = new ArrayList<>();
    private final List<VirtualClient> clients = new ArrayList<>();
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Observations seen;

    private double now;
    private long scheduled;

    /** An event at a moment. Of two events at the same moment, the one that was scheduled first comes first. */
    private record Event(double second, long number, Runnable what) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int bySecond = Double.compare(second, other.second);
            return bySecond != 0 ? bySecond : Long.compare(number, other.number);
        }
    }

    private Simulation(Scenario scenario, ClientOptions options, long seed) {
        this.scenario = scenario;
        random = new SplittableRandom(seed);
        seen = new Observations(scenario);
        for (Scenario.Trouble trouble : scenario.servers()) {
            servers.add(new VirtualServer(trouble, random));
        }
        for (int i = 0; i < scenario.clients(); i++) {
            clients.add(new VirtualClient(options, () -> nanos(now), random.nextLong()));
        }
    }

    static Observations run(Scenario scenario, ClientOptions options, long seed) {
        return new Simulation(scenario, options, seed).run();
    }

    private Observations run() {
        for (int i = 0; i < servers.size(); i++) {
            int number = i;
            Scenario.Trouble trouble = scenario.servers().get(i);
            Runnable join = () -> clients.forEach(client -> client.join(number, WEIGHT, trouble.tier()));
            at(trouble.joins(), join);
            for (Scenario.Absence absence : trouble.absences()) {
                at(absence.from(), () -> clients.forEach(client -> client.leave(number)));
                at(absence.to(), join);
            }
        }
        for (int i = 0; i < clients.size(); i++) {
            int client = i;
            at(random.nextDouble() * TICK, () -> tick(client));
            at(untilNextCall(), () -> call(client));
        }
        while (!events.isEmpty()) {
            Event next = events.remove();
            now = next.second();
            next.what().run();
        }
        return seen;
    }

    private void at(double second, Runnable what) {
        events.add(new Event(second, scheduled++, what));
    }

    private double untilNextCall() {
        return -Math.log(1 - random.nextDouble()) / scenario.callsPerSecond();
    }

    private void tick(int client) {
        clients.get(client).tick();
        if (now < scenario.seconds()) {
            at(now + TICK, () -> tick(client));
        }
    }

    private void call(int client) {
        double next = now + untilNextCall();
        if (next < scenario.seconds()) {
            at(next, () -> call(client));
        }
        seen.called(now);
        new VirtualCall(client, now).attempt();
    }

    /** A call: the attempts of it that are open, and what it has tried. */
    private final class VirtualCall {
        private record Attempt(int server, double began) {}

        private final int number;
        private final VirtualClient client;
        private final double began;
        private final BitSet tried = new BitSet();
        private final List<Attempt> open = new ArrayList<>(1);
        private final List<Attempt> erred = new ArrayList<>(0);

        VirtualCall(int number, double began) {
            this.number = number;
            this.client = clients.get(number);
            this.began = began;
        }

        void attempt() {
            int server = client.begin(tried);
            if (server == VirtualClient.FULL) {
                at(now + PLACE, this::attempt);
            } else if (server >= 0) {
                begin(server);
            } else {
                seen.failed(began);
            }
        }

        private void begin(int server) {
            Attempt attempt = new Attempt(server, now);
            seen.attempted(number, server, began, tried.isEmpty(), client.ejection(server));
            tried.set(server);
            open.add(attempt);
            VirtualServer asked = servers.get(server);
            double answer = asked.failsAt(now) ? now + ERROR : asked.answeredAt(now);
            double lost = scenario.servers().get(server).lostAfter(now);
            if (lost < Math.min(answer, now + TIMEOUT)) {
                at(lost, () -> lost(attempt));
            } else if (asked.failsAt(now)) {
                at(answer, () -> erred(attempt));
            } else if (answer <= now + TIMEOUT) {
                at(answer, () -> answered(attempt));
            } else {
                at(now + TIMEOUT, () -> timedOut(attempt));
            }
            if (scenario.hedgeAfter() < TIMEOUT) {
                at(now + scenario.hedgeAfter(), () -> hedge(attempt));
            }
        }

        private void hedge(Attempt unanswered) {
            if (open.contains(unanswered)) {
                int server = client.hedge(tried);
                if (server >= 0) {
                    begin(server);
                }
            }
        }

        private void answered(Attempt attempt) {
            if (open.remove(attempt)) {
                client.answered(attempt.server(), nanos(attempt.began()));
                seen.answered(began, now);
                erred.forEach(each -> client.outdone(each.server(), nanos(ERROR)));
                for (Attempt other : open) {
                    if (other.began() < attempt.began()) {
                        seen.timedOut(number, other.server(), client.ejection(other.server()));
                        client.overtaken(other.server(), nanos(other.began()));
                    } else {
                        client.abandoned(other.server(), nanos(other.began()));
                    }
                }
                open.clear();
            }
        }

        private void erred(Attempt attempt) {
            if (open.remove(attempt)) {
                client.erred(attempt.server(), nanos(attempt.began()));
                erred.add(attempt);
                another();
            }
        }

        private void lost(Attempt attempt) {
            if (open.remove(attempt)) {
                client.lost(attempt.server());
                another();
            }
        }

        private void timedOut(Attempt attempt) {
            if (open.remove(attempt)) {
                seen.timedOut(number, attempt.server(), client.ejection(attempt.server()));
                client.timedOut(attempt.server(), nanos(attempt.began()));
                another();
            }
        }

        /** As in the client, what is under way is waited for. */
        private void another() {
            if (open.isEmpty()) {
                attempt();
            }
        }
    }

    private static long nanos(double seconds) {
        return (long) (seconds * 1e9);
    }
}
