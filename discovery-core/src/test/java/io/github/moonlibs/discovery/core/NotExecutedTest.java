package io.github.moonlibs.discovery.core;

import static io.github.moonlibs.discovery.core.Cluster.async;
import static io.github.moonlibs.discovery.core.Cluster.await;
import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static io.github.moonlibs.discovery.core.Cluster.snapshot;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.moonlibs.discovery.Announcement.Errors;
import io.github.moonlibs.discovery.Announcement.Method;
import io.github.moonlibs.discovery.CallFailedException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Hedging;
import io.github.moonlibs.discovery.NoRouteException;
import io.github.moonlibs.discovery.OutlierPolicy;
import io.github.moonlibs.discovery.RetryBudget;
import io.github.moonlibs.discovery.ServerException;
import io.github.moonlibs.discovery.TarantoolError;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Errors by which a server says that it has not executed the call. */
@Timeout(120)
class NotExecutedTest {
    private static final CallOptions PATIENT =
            CallOptions.defaults().withTimeout(Cluster.BOUND).withDeadline(Cluster.BOUND);

    private final Cluster cluster = new Cluster();
    private final MemoryNode a = cluster.node("a:1");
    private final MemoryNode b = cluster.node("b:1");

    @AfterEach
    void close() {
        cluster.close();
    }

    /** Announces it so that the next call goes to {@code a} unless that has been tried. */
    private void announce(Object... notExecuted) {
        for (MemoryNode node : List.of(a, b)) {
            node.announce("m", 1, false);
            node.announceEntry("m", entry(node.equals(a) ? 1e12 : 1, notExecuted));
        }
    }

    private static Map<String, @Nullable Object> entry(double weight, Object... notExecuted) {
        return Map.of("weight", weight, "retriable", false, "not_executed", Arrays.asList(notExecuted));
    }

    private DiscoveryClient client() {
        var client = cluster.client(options -> options.retryBudget(new RetryBudget(0, 0)), a, b);
        awaitServed(client, "m", 2);
        return client;
    }

    private static TarantoolError error(int code, String message) {
        return new TarantoolError(code, "ClientError", message, "", 0, 0, Map.of(), null);
    }

    private static TarantoolError custom(String name) {
        return new TarantoolError(
                0, "CustomError", "told to fail", "", 0, 0, Map.of("custom_type", name), error(7, "its cause"));
    }

    @Test
    @Promise("Calls 4: errors that prove that nothing ran")
    @Promise("Announcement 8")
    void anErrorThatTheNodeListsMovesACallOnThatIsNotRetriable() {
        announce(7L, "Busy", 7.0);
        var client = client();

        for (TarantoolError refusal : List.of(error(7, "read-only"), custom("Busy"))) {
            a.fail("m", refusal);
            // neither an execution nor, as the budget is empty, a repetition
            assertThat(client.call("m", List.of(), PATIENT.withMaxAttempts(1), String.class))
                    .isEqualTo("b:1");
        }
        assertThat(a.calls("m")).isEqualTo(2);
    }

    @Test
    @Promise("Calls 4: errors that prove that nothing ran")
    @Promise("Announcement 8")
    void anyOtherErrorEndsACallThatIsNotRetriable() {
        announce(8L, "Busy", "CustomError", "ClientError");
        var client = client();

        for (TarantoolError other : List.of(error(7, "read-only"), custom("Other"), error(32, "Busy"))) {
            a.fail("m", other);
            assertThatThrownBy(() -> client.call("m", List.of(), PATIENT))
                    .isInstanceOf(CallFailedException.class)
                    .hasMessageContaining("the method is not retriable");
        }
        assertThat(b.calls("m")).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "33 | Procedure 'm' is not defined",
                "42 | Execute access to function 'm' is denied for user 'app'",
            })
    @Promise("Calls 4: errors that prove that nothing ran")
    void aProcedureThatTheNodeHasNotOrDeniesIsCalledElsewhere(int code, String message) {
        announce();
        a.fail("m", error(code, message));
        var client = client();

        assertThat(client.call("m", List.of(), PATIENT, String.class)).isEqualTo("b:1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "33 | Procedure 'other' is not defined",
                "33 | Procedure 'm.more' is not defined",
                "32 | Procedure 'm' is not defined",
                "42 | Execute access to function 'other' is denied for user 'm'",
                "42 | Read access to space 'm' is denied for user 'app'",
                "42 | Execute access to universe '' is denied for user 'm'",
            })
    @Promise("Calls 4: errors that prove that nothing ran")
    void anErrorThatTheProcedureItselfHasMetProvesNothing(int code, String message) {
        announce();
        a.fail("m", error(code, message));
        var client = client();

        assertThatThrownBy(() -> client.call("m", List.of(), PATIENT)).isInstanceOf(CallFailedException.class);
        assertThat(b.calls("m")).isZero();
    }

    @Test
    @Promise("Calls 4: errors that prove that nothing ran")
    void theCallerCanNameErrorsForServersThatAnnounceNone() {
        announce();
        a.fail("m", 7);
        var client = client();

        CallOptions options =
                PATIENT.withNotExecuted(error -> error.code() == 7).withRetryOn(failure -> false);
        assertThat(client.call("m", List.of(), options, String.class)).isEqualTo("b:1");
        a.fail("m", 8);
        assertThatThrownBy(() -> client.call("m", List.of(), options)).isInstanceOf(CallFailedException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCallThatIsRefusedEverywhereWaitsForANodeThatItHasNotTried(boolean retriable) {
        a.announceEntry("m", Map.of("retriable", retriable, "not_executed", List.of(7L)))
                .fail("m", 7);
        var client = cluster.client(a, b);
        awaitServed(client, "m", 1);

        var call = async(() -> client.call("m", List.of(), PATIENT, String.class));
        await("it waits", () -> client.snapshot().waitingCalls() == 1);
        b.announce("m", 1, true);
        assertThat(call.join()).isEqualTo("b:1");
        assertThat(a.calls("m")).isEqualTo(1);
    }

    @Test
    void aCallThatWasRefusedAndFindsNoOtherNodeFailsByTheRefusal() {
        announce(7L);
        a.fail("m", 7);
        b.fail("m", 7);
        var client = client();

        var atOnce = catchThrowableOfType(
                CallFailedException.class, () -> client.call("m", List.of(), PATIENT.withFailFast(true)));
        var atDeadline = Cluster.failureAtDeadline(
                CallFailedException.class, 2, deadline -> client.call("m", List.of(), PATIENT.withDeadline(deadline)));
        for (var failure : List.of(atOnce, atDeadline)) {
            assertThat(failure).hasMessageContaining("no untried node serve");
            assertThat(failure.attempts()).hasSize(2);
            assertThat(failure.getCause()).isInstanceOf(ServerException.class);
        }
        assertThatThrownBy(() -> client.call("other", List.of(), PATIENT.withFailFast(true)))
                .isInstanceOf(NoRouteException.class);
    }

    @Test
    void aCallThatNoNodeHasAProcedureForDoesNotWait() {
        announce();
        a.fail("m", error(33, "Procedure 'm' is not defined"));
        b.fail("m", error(33, "Procedure 'm' is not defined"));
        var client = client();

        CallOptions endless = PATIENT.withDeadline(Duration.ofDays(1));
        assertThatThrownBy(() -> client.call("m", List.of(), endless))
                .isInstanceOf(CallFailedException.class)
                .hasMessageContaining("no untried node serves it now");
    }

    @Test
    void aNodeIsEjectedForWhatItHasNoProcedureForButNotForWhatItRefuses() {
        OutlierPolicy eager =
                OutlierPolicy.builder().windowCalls(4).minimumCalls(4).build();
        announce("Busy");
        a.fail("m", custom("Busy"));
        var client = cluster.client(options -> options.outliers(eager), a, b);
        awaitServed(client, "m", 2);

        for (int i = 0; i < 20; i++) {
            client.call("m", List.of(), PATIENT);
        }
        assertThat(snapshot(client, a).ejection()).isNull();
        a.fail("m", error(33, "Procedure 'm' is not defined"));
        await("it is ejected", () -> {
            client.call("m", List.of(), PATIENT);
            return snapshot(client, a).ejection() != null;
        });
    }

    @Test
    void aCallThatTheOnlyNodeInServiceRefusesGoesToTheEjectedOneWithoutWaiting() {
        OutlierPolicy eager = OutlierPolicy.builder()
                .windowCalls(4)
                .minimumCalls(4)
                .baseEjection(Duration.ofMinutes(1))
                .build();
        announce("Busy");
        a.fail("m", error(33, "Procedure 'm' is not defined"));
        var client = cluster.client(options -> options.outliers(eager), a, b);
        awaitServed(client, "m", 2);
        await("it is ejected", () -> {
            client.call("m", List.of(), PATIENT);
            return snapshot(client, a).ejection() != null;
        });
        awaitServed(client, "m", 1);

        a.behave("m", (arguments, reply) -> reply.complete(List.of("a:1")));
        for (TarantoolError refusal : List.of(custom("Busy"), error(33, "Procedure 'm' is not defined"))) {
            b.fail("m", refusal);
            // it would fail rather than wait
            assertThat(client.call("m", List.of(), PATIENT.withFailFast(true), String.class))
                    .isEqualTo("a:1");
        }
        assertThat(snapshot(client, a).ejection()).isNotNull();
    }

    @Test
    void aHedgeThatIsRefusedLeavesTheCallToTheFirstAttempt() {
        a.announceEntry("m", Map.of("weight", 1e12, "retriable", true)).hang("m");
        b.announceEntry("m", Map.of("retriable", true, "not_executed", List.of(7L)))
                .fail("m", 7);
        var client = cluster.client(a, b);
        awaitServed(client, "m", 2);

        a.behave(
                "m",
                (arguments, reply) -> Thread.startVirtualThread(() -> {
                    await("the hedge", () -> b.calls("m") == 1);
                    reply.complete(List.of("a:1"));
                }));
        CallOptions hedged = PATIENT.withHedging(Hedging.after(Duration.ofMillis(1)));
        assertThat(client.call("m", List.of(), hedged, String.class)).isEqualTo("a:1");
    }

    @Test
    @Promise("Announcement 8")
    void whatIsMalformedInTheListIsLeftOutAlone() {
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        entries.put("parts", Map.of("not_executed", Arrays.asList(-1L, 7.5, 1L << 40, Double.NaN, true, "", null, 7L)));
        entries.put("number", Map.of("not_executed", 7L));
        entries.put("map", Map.of("not_executed", Map.of("a", 7L)));
        entries.put("empty", Map.of("not_executed", List.of()));
        a.announceRaw(Map.of("methods", entries));
        try (LogLines log = new LogLines()) {
            var client = cluster.client(a);
            awaitServed(client, "parts", 1);

            Map<String, Method> methods =
                    requireNonNull(snapshot(client, a).announcement()).methods();
            assertThat(methods).containsOnlyKeys("parts", "number", "map", "empty");
            assertThat(requireNonNull(methods.get("parts")).notExecuted()).isEqualTo(new Errors(Set.of(7), Set.of()));
            assertThat(requireNonNull(methods.get("number")).notExecuted()).isEqualTo(Errors.NONE);
            // seven parts and two lists, of which the first few are logged
            assertThat(log.with("left out: expected an")).isNotEmpty();
            assertThat(log.with("more problems, 9 in all")).hasSize(1);
        }
    }
}
