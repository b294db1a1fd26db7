package io.github.moonlibs.discovery.iproto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.ServerException;
import io.github.moonlibs.discovery.TarantoolError;
import io.github.moonlibs.discovery.spi.Transport;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Against the real server that this machine has, of whatever version from 2.6 on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealTarantoolTest {
    private static final long BRIEF = TimeUnit.MILLISECONDS.toNanos(500);

    private final RealTarantool shared;

    RealTarantoolTest() throws Exception {
        shared = RealTarantool.start();
    }

    @AfterAll
    void stop() throws Exception {
        shared.close();
    }

    private static Transport.Connection connect(Endpoint endpoint) throws InterruptedException {
        return new Owner().connect(endpoint);
    }

    @Test
    void echoesWhatItIsSent() throws Exception {
        List<Object> values = new ArrayList<>(Arrays.asList(
                null,
                true,
                42L,
                -1L,
                Long.MIN_VALUE,
                BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE),
                0.1,
                "Grüße, 𝄞",
                List.of(1L, List.of("x")),
                Map.of("k", List.of(true)),
                UUID.randomUUID(),
                new BigDecimal("-123.4500"),
                new BigDecimal("1E+37"),
                new BigDecimal("99999999999999999999999999999999999999"),
                new BigDecimal("0." + "0".repeat(37) + "1"),
                null));
        try (Transport.Connection connection = connect(shared.endpoint())) {
            String version = connection
                    .eval("return _TARANTOOL:match('^[^-]+')", List.of(), Owner.SECONDS)
                    .as(String.class);
            assertThat(connection.server()).startsWith("Tarantool " + version);
            List<Object> echoed = connection.call("echo", values, Owner.SECONDS).values();
            assertThat(echoed).hasSameSizeAs(values);
            for (int i = 0; i < values.size(); i++) {
                if (values.get(i) instanceof BigDecimal decimal) {
                    assertThat((BigDecimal) echoed.get(i)).isEqualByComparingTo(decimal);
                } else {
                    assertThat(echoed.get(i)).isEqualTo(values.get(i));
                }
            }
            assertThat(connection
                            .eval("return ...", List.of("a", 2), Owner.SECONDS)
                            .values())
                    .containsExactly("a", 2L);
            assertThat(connection
                            .call("types", List.of(1.5, new BigDecimal("1.50"), true), Owner.SECONDS)
                            .getList(0, String.class))
                    .containsExactly("number 1.5", "cdata 1.50", "boolean true");
            connection.ping(Owner.SECONDS);
        }
    }

    @Test
    void logsInAsWhoeverTheEndpointSays() throws Exception {
        for (Endpoint login : List.of(
                shared.endpoint().withCredentials("ann", "secret"),
                shared.endpoint().withCredentials("bob", null),
                shared.endpoint().withCredentials("guest", null))) {
            try (Transport.Connection connection = connect(login)) {
                assertThat(connection
                                .eval("return box.session.user()", List.of(), Owner.SECONDS)
                                .as(String.class))
                        .isEqualTo(login.user());
            } catch (ServerException refused) {
                // bob may log in, but not evaluate
                assertThat(login.user()).isEqualTo("bob");
                assertThat(refused.error().code()).isEqualTo(42);
            }
        }
    }

    @Test
    void aWrongPasswordAndAnUnknownUserAreReported() {
        assertThatThrownBy(() -> connect(shared.endpoint().withCredentials("ann", "wrong")))
                .isInstanceOf(ServerException.class)
                .hasMessageContaining("error 47 (ClientError)");
        assertThatThrownBy(() -> connect(shared.endpoint().withCredentials("nobody", "x")))
                .isInstanceOf(ServerException.class)
                // newer servers don't say which of the two is wrong
                .hasMessageFindingMatch("error (45|47) \\(ClientError\\)");
    }

    @Test
    void errorsKeepWhatTheServerSaysOfThem() throws Exception {
        try (Transport.Connection connection = connect(shared.endpoint())) {
            TarantoolError error = catchThrowableOfType(
                            ServerException.class,
                            () -> connection.call("raise", List.of(30_001, "my reason"), Owner.SECONDS))
                    .error();
            assertThat(error.code()).isEqualTo(30_001);
            assertThat(error.type()).isEqualTo("ClientError");
            assertThat(error.line()).isPositive();
            assertThatThrownBy(() -> connection.call("no.such", List.of(), Owner.SECONDS))
                    .hasMessageContaining("error 33 (ClientError) \"Procedure 'no.such' is not defined\"");
        }
    }

    @Test
    void pushesAreNeitherRepliesNorLate() throws Exception {
        try (Transport.Connection connection = connect(shared.endpoint())) {
            assertThat(connection.call("push", List.of(), Owner.SECONDS).values())
                    .containsExactly("returned");
            assertThat(connection.lateReplies()).isZero();
        }
    }

    @Test
    void manyCallsShareAConnectionAndEachGetsItsOwnReply() throws Exception {
        int callers = 200;
        int callsEach = 50;
        AtomicInteger right = new AtomicInteger();
        try (Transport.Connection connection = connect(shared.endpoint())) {
            List<Thread> threads = new ArrayList<>();
            for (int caller = 0; caller < callers; caller++) {
                int mine = caller;
                threads.add(Thread.startVirtualThread(() -> {
                    for (int i = 0; i < callsEach; i++) {
                        try {
                            Integer sum = connection
                                    .call("add", List.of(mine * callsEach, i), Owner.SECONDS)
                                    .as(Integer.class);
                            right.addAndGet(
                                    Integer.valueOf(mine * callsEach + i).equals(sum) ? 1 : 0);
                        } catch (InterruptedException e) {
                            return;
                        }
                    }
                }));
            }
            for (Thread thread : threads) {
                assertThat(thread.join(Duration.ofSeconds(Threads.BOUND))).isTrue();
            }
            assertThat(right).hasValue(callers * callsEach);
            assertThat(connection.lateReplies()).isZero();
        }
    }

    @Test
    void aTimeoutEndsItsOwnCallAndTheReplyIsCountedAsLate() throws Exception {
        try (Transport.Connection connection = connect(shared.endpoint())) {
            AttemptException failure = Owner.noReply(
                    () -> connection.eval("held = require('fiber').cond() held:wait() return 'x'", List.of(), BRIEF));
            assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
            assertThat(failure.sent()).isTrue();
            assertThat(connection.call("echo", List.of("y"), Owner.SECONDS).values())
                    .containsExactly("y");
            connection.eval("held:signal()", List.of(), Owner.SECONDS);
            Threads.await("the late reply", () -> connection.lateReplies() == 1);
        }
    }

    @Test
    void anInterruptedCallerHarmsNoOther() throws Exception {
        try (Transport.Connection connection = connect(shared.endpoint())) {
            Queue<Object> outcomes = new ConcurrentLinkedQueue<>();
            List<Thread> callers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                double seconds = i % 2 == 0 ? 60 : 0.5;
                callers.add(Thread.startVirtualThread(() -> {
                    try {
                        outcomes.addAll(connection
                                .call("slow", List.of(seconds, "reply"), Owner.SECONDS)
                                .values());
                    } catch (InterruptedException e) {
                        outcomes.add("interrupted");
                    }
                }));
            }
            for (int i = 0; i < 20; i += 2) {
                callers.get(i).interrupt();
            }
            for (Thread caller : callers) {
                assertThat(caller.join(Duration.ofSeconds(Threads.BOUND))).isTrue();
            }
            assertThat(outcomes).hasSize(20);
            assertThat(outcomes.stream().filter("reply"::equals)).hasSize(10);
        }
    }

    @Test
    void aStoppedServerCostsItsTimeoutAndServesAgainWhenItGoesOn() throws Exception {
        try (RealTarantool tarantool = RealTarantool.start();
                Transport.Connection connection = connect(tarantool.endpoint())) {
            tarantool.signal("STOP");
            AttemptException failure =
                    catchThrowableOfType(AttemptException.class, () -> connection.call("echo", List.of(1), BRIEF));
            assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
            tarantool.signal("CONT");
            assertThat(connection.call("echo", List.of(2), Owner.SECONDS).values())
                    .containsExactly(2L);
        }
    }

    @Test
    void aKilledServerFailsEveryCallInFlightAtOnce() throws Exception {
        try (RealTarantool tarantool = RealTarantool.start()) {
            Owner owner = new Owner();
            Transport.Connection connection = owner.connect(tarantool.endpoint());
            Queue<AttemptException> failures = new ConcurrentLinkedQueue<>();
            AtomicInteger served = new AtomicInteger();
            List<Thread> callers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                boolean hangs = i % 2 == 0;
                callers.add(Thread.startVirtualThread(() -> {
                    try {
                        while (true) {
                            connection.call(hangs ? "slow" : "echo", List.of(hangs ? 60 : 0), Owner.SECONDS);
                            served.incrementAndGet();
                        }
                    } catch (AttemptException e) {
                        failures.add(e);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }));
            }
            Threads.await("calls to flow", () -> served.get() > 2_000);
            tarantool.signal("KILL");
            assertThat(owner.news()).startsWith("closed: ");
            for (Thread caller : callers) {
                assertThat(caller.join(Duration.ofSeconds(Threads.BOUND))).isTrue();
            }
            assertThat(failures).hasSize(200).allSatisfy(failure -> {
                assertThat(failure.kind()).isIn(Kind.LOST, Kind.NOT_SENT);
                assertThat(failure.sent()).isEqualTo(failure.kind() == Kind.LOST);
            });
            Threads.awaitNone("discovery-");
        }
    }

    @Test
    void whatFailedUnsentWasNeverExecutedAndWhatWasSentAtMostOnce() throws Exception {
        try (Transport.Connection counting = connect(shared.endpoint())) {
            long before = counted(counting);
            AtomicInteger answered = new AtomicInteger();
            AtomicInteger lost = new AtomicInteger();
            for (int round = 0; round < 20; round++) {
                Transport.Connection connection = connect(shared.endpoint());
                List<Thread> callers = new ArrayList<>();
                for (int i = 0; i < 50; i++) {
                    callers.add(Thread.startVirtualThread(() -> {
                        try {
                            while (true) {
                                connection.call("count", List.of(), Owner.SECONDS);
                                answered.incrementAndGet();
                            }
                        } catch (AttemptException e) {
                            lost.addAndGet(e.sent() ? 1 : 0);
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    }));
                }
                int enough = answered.get() + 200;
                Threads.await("calls to flow", () -> answered.get() > enough);
                connection.close();
                for (Thread caller : callers) {
                    assertThat(caller.join(Duration.ofSeconds(Threads.BOUND))).isTrue();
                }
            }
            long executed = counted(counting) - before;
            assertThat(executed).isBetween((long) answered.get(), (long) answered.get() + lost.get());
        }
    }

    private static long counted(Transport.Connection connection) throws InterruptedException {
        Long count =
                connection.eval("return executed", List.of(), Owner.SECONDS).as(Long.class);
        return count == null ? -1 : count;
    }

    @Test
    void speaksOverUnixSocketsAndIpv6() throws Exception {
        for (boolean unix : new boolean[] {true, false}) {
            try (RealTarantool tarantool = unix ? RealTarantool.startOnUnixSocket() : RealTarantool.startOnIpv6()) {
                Transport.Connection connection = connect(tarantool.endpoint().withCredentials("ann", "secret"));
                assertThat(connection
                                .call("echo", List.of("x".repeat(1 << 20)), Owner.SECONDS)
                                .as(String.class))
                        .hasSize(1 << 20);
                assertThat(connection.localAddress()).startsWith(unix ? "unix/:/" : "[");
                connection.close();
                Threads.awaitNone("discovery-");
            }
        }
    }
}
