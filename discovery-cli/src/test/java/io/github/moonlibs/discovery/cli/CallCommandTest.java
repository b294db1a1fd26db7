package io.github.moonlibs.discovery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.testkit.FakeCall;
import io.github.moonlibs.discovery.testkit.FakeNode;
import io.github.moonlibs.discovery.testkit.Waiting;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CallCommandTest extends OnServers {
    /** A call that has the time it needs. */
    private static Run call(String endpoints, String... more) {
        return run("call", endpoints, List.of("--timeout", "30s"), more);
    }

    @Test
    void aCallShowsItsTypedValuesAndTheNodeThatAnswered() {
        Run run = call(servers().writable.endpoint(), "users.get", "42").exits(0);
        assertThat(run.out()).contains("\"id\": 42", "decimal 12.50", "uuid 550e8400-e29b-41d4-a716-446655440000");
        assertThat(run.err()).matches("answered by " + servers().writable.endpoint() + " in \\d[\\d.]* ms\\n");
    }

    @Test
    void eachReturnedValueTakesALine() {
        assertThat(call(servers().well(), "users.two").exits(0).out()).isEqualTo("1\n\"two\"\n");
        Run none = call(servers().well(), "users.none").exits(0);
        assertThat(none.out()).isEmpty();
        assertThat(none.err()).endsWith("; nothing was returned\n");
    }

    @Test
    void aCallSucceedsOnTheNodeThatServesItThoughOthersAreDownOrRefuseTheLogin() {
        Run run = call(servers().all(), "users.insert", "\"Ann\"").exits(0);
        assertThat(run.out()).isEqualTo("{\"name\": \"Ann\"}\n");
        assertThat(run.err()).contains("answered by " + servers().writable.endpoint());
    }

    @Test
    void jsonNamesTheNodeAndItsValues() {
        Map<?, ?> document = call(servers().writable.endpoint(), "--json", "users.two")
                .exits(0)
                .document();
        assertThat(document.get("command")).isEqualTo("call");
        assertThat(document.get("ok")).isEqualTo(true);
        assertThat(document.get("method")).isEqualTo("users.two");
        assertThat(document.get("attempts")).isEqualTo(1);
        Map<?, ?> reply = onlyReply(document);
        assertThat(reply.get("node")).isEqualTo(servers().writable.endpoint());
        assertThat(reply.get("address")).isEqualTo(servers().writable.endpoint());
        assertThat(reply.get("values")).isEqualTo(List.of(1, "two"));
        assertThat(reply.get("millis")).isInstanceOf(Double.class);
    }

    private static Map<?, ?> onlyReply(Map<?, ?> document) {
        assertThat(Run.objects(document, "replies")).hasSize(1);
        return Run.objects(document, "replies").getFirst();
    }

    @Test
    void aFailedCallIsOneSentenceAndItsAttemptsAreInTheJson() {
        Run text = call(servers().writable.endpoint(), "users.fail").exits(1);
        text.saysInOneLine(
                "users.fail: call failed", "no such user", servers().writable.endpoint());
        assertThat(text.out()).isEmpty();

        Map<?, ?> document = call(servers().writable.endpoint(), "--json", "users.fail")
                .exits(1)
                .document();
        assertThat(document.get("ok")).isEqualTo(false);
        assertThat(document.get("error")).asString().contains("no such user");
        assertThat(document.get("millis")).isInstanceOf(Double.class);
        assertThat(onlyReply(document).get("kind")).isEqualTo("server error");
    }

    @Test
    void argumentsAreCountedAlikeWhetherTheyAreNotJsonOrCannotBeSent() {
        call(servers().well(), "users.get", "1", "Ann").exits(2).saysInOneLine("argument 1: expected JSON");
        call(servers().well(), "users.get", "1", "99999999999999999999")
                .exits(2)
                .saysInOneLine("argument 1: expected an integer from -2^63 to 2^64-1");
    }

    @Test
    void aMethodThatNoNodeServesIsReportedWithTheMethodsThatAreServed() {
        call(servers().writable.endpoint(), "--deadline", "100ms", "users.gett")
                .exits(1)
                .saysInOneLine("users.gett: ", "served are users.fail, users.get, users.insert");
    }

    @Test
    void aMistypedMethodIsReportedWithoutAWaitAndWithTheNearestName() {
        run("call", servers().well(), "--timeout", "1h", "users.gett")
                .exits(1)
                .saysInOneLine("no attempt was made", "did you mean users.get?");
    }

    @Test
    void aCallThatMadeNoAttemptHasAllFieldsInTheJson() {
        for (List<String> nodes : List.of(List.<String>of(), List.of("--all"))) {
            Map<?, ?> document = run("call", servers().writable.endpoint(), nodes, "--json", "users.gett")
                    .exits(1)
                    .document();
            assertThat(document.keySet().stream().map(Object::toString).toList())
                    .contains("command", "ok", "method", "millis", "error", "attempts", "replies");
        }
    }

    @Test
    void anArgumentMayComeFromTheStandardInput() {
        Run run = Run.reading(
                "7\n",
                Map.of(),
                FakeTerminal.NONE,
                "call",
                "--endpoints",
                servers().writable.endpoint(),
                "--wait",
                "1m",
                "--timeout",
                "30s",
                "users.get",
                "-");
        assertThat(run.exits(0).out()).contains("\"id\": 7");
    }

    @Test
    void allNodesThatServeTheMethodAreCalled() {
        Run run = call(servers().all(), "--all", "users.get", "1").exits(0);
        assertThat(run.out())
                .contains(
                        servers().writable.endpoint() + " in ",
                        servers().readOnly.endpoint() + " in ",
                        "decimal 12.50");
        assertThat(run.out())
                .doesNotContain(servers().killed.endpoint(), servers().locked.endpoint());

        Map<?, ?> document = call(servers().well(), "--all", "--json", "users.get", "1")
                .exits(0)
                .document();
        assertThat(Run.each(document, "replies", "node"))
                .containsExactlyInAnyOrder(
                        servers().writable.endpoint(), servers().readOnly.endpoint());
    }

    @Test
    void oneFailedNodeOfAllIsAFailure() {
        try (FakeNode well = FakeNode.start().announce("m", 1, true);
                FakeNode ill = FakeNode.start().announce("m", 1, true).fail("m", 32, "broken")) {
            Run run = call(well.endpoint() + "," + ill.endpoint(), "--all", "m", "7")
                    .exits(1);
            assertThat(run.out())
                    .containsPattern(well.endpoint() + " in [\\d.]+ ms\\n  7\\n")
                    .containsPattern(ill.endpoint() + " failed after [\\d.]+ ms: .*broken");
        }
    }

    @Test
    void theNodeThatAnsweredIsNamedAfterARetryAsWell() {
        try (FakeNode ill = FakeNode.start().announce("m", 1, true);
                FakeNode alsoIll = FakeNode.start().announce("m", 1, true);
                FakeNode well = FakeNode.start()) {
            // so that the call begins on one of the others, and gets here only after that one has failed
            FakeCall.Handler failWhenOneIsWell = call -> {
                well.announce("m", 1, true);
                // its answer to one question is in the routing when the next question comes
                long asked = well.calls("api.discovery");
                Waiting.until("another node serves m", () -> well.calls("api.discovery") >= asked + 2);
                call.fail(32, "broken");
            };
            ill.on("m", failWhenOneIsWell);
            alsoIll.on("m", failWhenOneIsWell);
            String endpoints = ill.endpoint() + "," + alsoIll.endpoint() + "," + well.endpoint();

            Run run = run("call", endpoints, "--timeout", "30s", "--deadline", "60s", "m", "7")
                    .exits(0);
            assertThat(run.out()).isEqualTo("7\n");
            assertThat(run.err())
                    .startsWith("answered by " + well.endpoint() + " in ")
                    .containsPattern(", after [23] attempts and ");
        }
    }
}
