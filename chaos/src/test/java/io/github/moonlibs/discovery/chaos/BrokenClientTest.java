package io.github.moonlibs.discovery.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.testkit.FakeNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that break a promise, through the recorder and the checker that every run goes through. */
@Timeout(600)
class BrokenClientTest {
    private static final int CALLS = 20;
    private static final Duration LONG = Duration.ofSeconds(30);

    private final Recorder recorder = new Recorder();
    private final Queue<Execution> executions = new ConcurrentLinkedQueue<>();
    private final FakeNode one = FakeNode.start();
    private final FakeNode two = FakeNode.start();
    private final Map<String, String> names = Map.of(one.endpoint(), "n1", two.endpoint(), "n2");
    private final DiscoveryClient client = DiscoveryClient.builder()
            .endpoints(one.endpoint(), two.endpoint())
            .discoveryTimeout(LONG)
            .connectTimeout(LONG)
            .connect();

    @BeforeEach
    void serve() throws InterruptedException {
        names.forEach((endpoint, name) -> {
            FakeNode node = endpoint.equals(one.endpoint()) ? one : two;
            for (Procedure procedure : List.of(Procedure.GET, Procedure.PUT)) {
                node.announce(procedure.id(), 100, procedure.isRetriable())
                        .answer(procedure.id(), arguments -> execute(name, arguments));
            }
        });
        assertThat(client.awaitMethod(Procedure.PUT.id(), 2, LONG)).isTrue();
    }

    /** As member.lua does. */
    private List<?> execute(String node, List<?> arguments) {
        if (!(arguments.get(0) instanceof Long number) || !(arguments.get(1) instanceof String payload)) {
            throw new IllegalArgumentException("expected a number and a payload, got " + arguments);
        }
        String hash = Payload.hash(payload);
        String token = "1." + executions.size();
        executions.add(new Execution(node, number, hash, token));
        return List.of(number, hash, node, token, payload);
    }

    @AfterEach
    void close() {
        client.close();
        one.close();
        two.close();
    }

    /** The rules that are broken once the service was called that often. */
    private List<String> brokenBy(Service service, Profile profile) {
        Caller caller = new Caller(service, recorder, names);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < CALLS; i++) {
            caller.call(profile, random);
        }
        History history = recorder.history(1, List.of("n1", "n2"), List.copyOf(executions));
        assertThat(history.calls()).hasSize(CALLS);
        return Checker.check(history).stream().map(Violation::rule).distinct().toList();
    }

    @Test
    void clientThatKeepsItsPromisesBreaksNone() {
        Service patient = (method, arguments, options) -> client.call(method, arguments, patiently(options));
        assertThat(brokenBy(patient, Profile.ONCE))
                .as("but for what a busy machine makes late, of which this test does not ask")
                .isSubsetOf(InTimeRule.NAME);
    }

    @Test
    void clientThatSendsTwiceIsCaught() {
        Service twice = (method, arguments, options) -> {
            client.call(method, arguments, patiently(options));
            return client.call(method, arguments, patiently(options));
        };
        assertThat(brokenBy(twice, Profile.ONCE)).contains(SentOnceRule.NAME);
    }

    @Test
    void clientThatIgnoresTheDeadlineIsCaught() {
        Duration slowness = Duration.ofNanos(Profile.ONCE_TIGHT.deadline()).multipliedBy(2);
        one.delay(Procedure.PUT.id(), slowness);
        two.delay(Procedure.PUT.id(), slowness);
        Service late = (method, arguments, options) -> client.call(method, arguments, patiently(options));
        assertThat(brokenBy(late, Profile.ONCE_TIGHT)).contains(InTimeRule.NAME);
    }

    @Test
    void clientThatAnswersWithAnotherCallsResultIsCaught() {
        Service confused = new Service() {
            private Result last =
                    client.call(Procedure.GET.id(), List.of(0L, "warm up", 0.0), patiently(CallOptions.defaults()));

            @Override
            public Result call(String method, List<?> arguments, CallOptions options) {
                Result previous = last;
                last = client.call(method, arguments, patiently(options));
                return previous;
            }
        };
        assertThat(brokenBy(confused, Profile.DEFAULT)).contains(TrueAnswersRule.NAME);
    }

    private static CallOptions patiently(CallOptions options) {
        return options.withTimeout(LONG).withDeadline(LONG);
    }
}
