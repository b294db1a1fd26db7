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
 * retried at once on a node that it has not tried, as long as there is one. An attempt times out after a second.
 */
final class Simulation {
    private static final double TIMEOUT = 1;
    private static final double TICK = 0.1;
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
            at(scenario.servers().get(i).joins(), () -> clients.forEach(client -> client.join(number, WEIGHT)));
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
        attempt(client, now, new BitSet());
    }

    private void attempt(int number, double callBegan, BitSet tried) {
        VirtualClient client = clients.get(number);
        int server = client.begin(tried);
        if (server < 0) {
            seen.failed(callBegan);
            return;
        }
        double began = now;
        seen.attempted(number, server, callBegan, tried.isEmpty(), client.ejection(server));
        double answer = servers.get(server).answeredAt(began);
        if (answer <= began + TIMEOUT) {
            at(answer, () -> {
                client.answered(server, nanos(began));
                seen.answered(callBegan, now);
            });
        } else {
            at(began + TIMEOUT, () -> {
                seen.timedOut(number, server, client.ejection(server));
                client.timedOut(server, nanos(began));
                tried.set(server);
                attempt(number, callBegan, tried);
            });
        }
    }

    private static long nanos(double seconds) {
        return (long) (seconds * 1e9);
    }
}
