package io.github.moonlibs.discovery.core;

import static java.lang.System.Logger.Level.DEBUG;

import io.github.moonlibs.discovery.Announcement;
import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Hedging;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.RetryBudget;
import io.github.moonlibs.discovery.core.call.Call;
import io.github.moonlibs.discovery.core.call.CallParts;
import io.github.moonlibs.discovery.core.call.HedgeDelay;
import io.github.moonlibs.discovery.core.call.RetryRules;
import io.github.moonlibs.discovery.core.call.RoutePlan;
import io.github.moonlibs.discovery.core.call.SequentialCall;
import io.github.moonlibs.discovery.core.health.Latencies;
import io.github.moonlibs.discovery.core.limits.CallsInFlight;
import io.github.moonlibs.discovery.core.limits.RetryTokens;
import io.github.moonlibs.discovery.core.node.Node;
import io.github.moonlibs.discovery.core.node.Session;
import io.github.moonlibs.discovery.core.routing.RouteLookup;
import io.github.moonlibs.discovery.core.routing.RouteWaiters;
import io.github.moonlibs.discovery.core.routing.Router;
import io.github.moonlibs.discovery.core.strategy.Balancing;
import io.github.moonlibs.discovery.core.strategy.Strategies;
import io.github.moonlibs.discovery.core.strategy.WeightedRandom;
import io.github.moonlibs.discovery.core.support.FlightRecorder;
import io.github.moonlibs.discovery.core.support.Log;
import io.github.moonlibs.discovery.core.support.Observers;
import io.github.moonlibs.discovery.core.support.TaskScopes;
import io.github.moonlibs.discovery.spi.PendingReply;
import io.github.moonlibs.discovery.spi.Transport;
import io.github.moonlibs.discovery.spi.Transport.PipelinedConnection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls that reach no server, each to another end, once in a JVM: so that the classes which a call needs, those of
 * its failures included, are loaded before the application's first call, and not within its deadline. Nothing of it can
 * be seen outside.
 */
final class DryRun {
    private static final Log LOG = Log.ofCore();
    private static final String METHOD = "dry.run";
    private static final CallOptions OPTIONS = CallOptions.defaults().withTimeout(Duration.ofSeconds(1));
    private static final Duration HEDGE = Duration.ofMillis(1);

    private DryRun() {}

    private static final class Once {
        static {
            try {
                run();
            } catch (RuntimeException | LinkageError defect) {
                // it serves the first call's speed alone
                LOG.log(DEBUG, "the dry run has failed", defect);
            }
        }

        private Once() {}

        static void touch() {}
    }

    /** Makes them, unless that was done before, and lets the transport do the like for connections. */
    static void make(Transport transport) {
        try {
            transport.warmUp();
        } catch (RuntimeException | LinkageError defect) {
            LOG.log(DEBUG, "the transport's warm-up has failed", defect);
        }
        Once.touch();
    }

    private static void run() {
        if (FlightRecorder.attempt() != null) {
            // the attempts would be recorded; and the recorder's classes are there, which cost most
            return;
        }
        ClientOptions options =
                DiscoveryClient.builder().endpoints("a:1", "b:1").build();
        Balancing balancing = Balancing.of(options, Strategies.of(new WeightedRandom()));
        RouteWaiters waiters = new RouteWaiters(1);
        Router router = new Router(balancing, waiters, Observers.NONE, Runnable::run);
        CallsInFlight inFlight = new CallsInFlight();
        RetryTokens tokens = new RetryTokens(RetryBudget.defaults(), inFlight::sending, System.nanoTime());
        RetryRules rules = new RetryRules(tokens, Observers.NONE, ThreadLocalRandom::current);
        RoutePlan plan =
                new RoutePlan(router, waiters, inFlight, rules, method -> "a dry run", ThreadLocalRandom::current);
        CallParts calls =
                new CallParts(plan, rules, new HedgeDelay(new Latencies(method -> true)::of), TaskScopes.best());
        RouteLookup lookup = new RouteLookup(router, METHOD);
        fail(calls, null, OPTIONS.withFailFast(true));
        fail(calls, null, OPTIONS.withDeadline(Duration.ofNanos(1)));
        join(router, balancing, options, "a:1");
        join(router, balancing, options, "b:1");
        fail(calls, lookup, OPTIONS);
        fail(calls, null, OPTIONS.withDeadline(Duration.ofNanos(1)));
    }

    private static void join(Router router, Balancing balancing, ClientOptions options, String address) {
        Node node = new Node(Instance.of(Endpoint.parse(address)), balancing, Observers.NONE, router::reconsider);
        try {
            Session session = Session.open((endpoint, any, listener) -> new Nowhere(), options, node, () -> {});
            Announcement.Method method = new Announcement.Method(1, true, Map.of());
            router.announce(node, session, new Announcement(null, Map.of(METHOD, method), Map.of()));
            node.health().answered(System.nanoTime());
        } catch (InterruptedException e) {
            throw new IllegalStateException("connecting to nowhere takes no time", e);
        }
    }

    private static void fail(CallParts calls, @Nullable RouteLookup lookup, CallOptions options) {
        for (CallOptions each : List.of(options, options.withHedging(Hedging.after(HEDGE)))) {
            try {
                new SequentialCall(calls, new Call(METHOD, lookup, each, System.nanoTime())).run(List.of());
            } catch (CallException expected) {
                LOG.log(DEBUG, () -> String.valueOf(expected.getMessage()));
            }
        }
    }

    /** A connection that answers nothing. It needs no thread, because the application may keep all carriers busy. */
    private static final class Nowhere implements PipelinedConnection {
        @Override
        public Result call(String procedure, List<?> arguments, long timeoutNanos) {
            throw timeout();
        }

        @Override
        public PendingReply send(String procedure, List<?> arguments, long timeoutNanos, long patienceNanos) {
            return new NoReply(patienceNanos > HEDGE.toNanos() ? 0 : NoReply.LOOKS);
        }

        private static AttemptException timeout() {
            return new AttemptException(Kind.TIMEOUT, true, "a dry run", null);
        }

        @Override
        public Result eval(String expression, List<?> arguments, long timeoutNanos) {
            throw AttemptException.notSent("a dry run", null);
        }

        @Override
        public void ping(long timeoutNanos) {
            throw AttemptException.notSent("a dry run", null);
        }

        @Override
        public String server() {
            return "a dry run";
        }

        @Override
        public String localAddress() {
            return "nowhere";
        }

        @Override
        public long lateReplies() {
            return 0;
        }

        @Override
        public void close() {}
    }

    /** A request that has timed out when its caller has looked at it so often. A caller that hedges looks by itself. */
    private static final class NoReply implements PendingReply {
        /** At the start, before the hedge, and after it. */
        static final int LOOKS = 3;

        private int left;

        NoReply(int looks) {
            left = looks;
        }

        @Override
        public boolean isDone() {
            return left-- <= 0;
        }

        @Override
        public Result result() {
            throw Nowhere.timeout();
        }

        @Override
        public void abandon() {}
    }
}
