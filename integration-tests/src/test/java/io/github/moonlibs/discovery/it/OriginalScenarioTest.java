package io.github.moonlibs.discovery.it;

import static io.github.moonlibs.discovery.it.Clients.awaitServed;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.RetryBudget;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import io.github.moonlibs.discovery.testkit.Via;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The integration test of the Lua original, with as many calls. */
@Timeout(600)
class OriginalScenarioTest {
    private static final int CALLS = 10_000;
    private static final int CALLERS = 50;
    private static final CallOptions PATIENT = Clients.PATIENT;

    /** A share may be off by at most this many standard errors. One share in ten billion exceeds them by chance. */
    private static final double STANDARD_ERRORS = 6.5;

    static List<Via> ways() {
        return Ways.had();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void nodesGetCallsInTheAnnouncedShares(Via via) throws InterruptedException {
        try (Replicaset set = new Replicaset(via);
                // each node has its whole share at once, however far apart they joined
                DiscoveryClient client = set.client(options -> options.slowStart(Duration.ZERO))) {
            awaitServed(client, "app.ping", 3);
            awaitServed(client, "app.ping_replica", 2);

            callMany(client, "app.ping");
            assertShare(set, "app.ping", set.master, 1 / 3.0);
            assertShare(set, "app.ping", set.replica, 1 / 3.0);
            callMany(client, "app.ping_master");
            assertShare(set, "app.ping_master", set.master, 1);
            callMany(client, "app.ping_replica");
            assertShare(set, "app.ping_replica", set.replica, 0.5);
            assertShare(set, "app.ping_replica", set.other, 0.5);
            callMany(client, "app.ping_better_replica");
            assertShare(set, "app.ping_better_replica", set.master, 10 / 210.0);
            assertShare(set, "app.ping_better_replica", set.other, 100 / 210.0);
        }
    }

    private static void callMany(DiscoveryClient client, String method) throws InterruptedException {
        atTheSameTime(CALLERS, () -> {
            for (int i = 0; i < CALLS / CALLERS; i++) {
                assertThat(client.call(method, List.of(), PATIENT, String.class))
                        .isEqualTo("pong");
            }
        });
    }

    private static void assertShare(Replicaset set, String method, TarantoolServer server, double share) {
        long all = set.all().stream().mapToLong(any -> any.calls(method)).sum();
        assertThat(all).isEqualTo(CALLS);
        double standardError = Math.sqrt(share * (1 - share) / CALLS);
        assertThat(server.calls(method) / (double) CALLS)
                .isBetween(share - STANDARD_ERRORS * standardError, share + STANDARD_ERRORS * standardError);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aHangOnOneNodeInThreeNeverFailsACall(Via via) throws InterruptedException {
        // the original has no budget, and a third of all calls is more than a budget of a fifth allows
        try (Replicaset set = new Replicaset(via);
                DiscoveryClient client = set.client(options -> options.retryBudget(RetryBudget.unlimited()))) {
            awaitServed(client, "app.timeout_even", 3);
            set.other.eval("hang_timeout_even()");
            // more than the two healthy nodes ever take; few calls wait this long, because the third is soon ejected
            CallOptions options = PATIENT.withTimeout(Duration.ofSeconds(2));
            AtomicInteger answered = new AtomicInteger();

            atTheSameTime(CALLERS, () -> {
                for (int i = 0; i < 1_000 / CALLERS; i++) {
                    assertThat(client.call("app.timeout_even", List.of(), options, String.class))
                            .isEqualTo("pong");
                    answered.incrementAndGet();
                }
            });
            assertThat(answered).hasValue(1_000);
            assertThat(set.other.calls("app.timeout_even")).as("it was tried").isPositive();
        }
    }

    private static void atTheSameTime(int callers, Runnable task) throws InterruptedException {
        List<Throwable> failures = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            Thread thread = Thread.ofVirtual().unstarted(task);
            thread.setUncaughtExceptionHandler((failed, e) -> {
                synchronized (failures) {
                    failures.add(e);
                }
            });
            threads.add(thread);
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
    }
}
