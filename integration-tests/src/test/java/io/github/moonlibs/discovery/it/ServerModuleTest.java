package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import io.github.moonlibs.discovery.testkit.Waiting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** server/discovery.lua on real servers: its own tests, and what a client makes of it. */
@Timeout(600)
class ServerModuleTest {
    /** Lua after which {@code require('discovery')} returns the module. */
    static final String MODULE = """
            function discovery_loader()
            %s
            end
            package.loaded.discovery = discovery_loader()
            """.formatted(Documentation.read("server/discovery.lua"));

    private static TarantoolServer start(String script) {
        return TarantoolServer.builder().script(MODULE + script).start();
    }

    /** Each of its own tests as one of these, so that the summary shows those that the server is too old for. */
    @TestFactory
    List<DynamicTest> itsOwnTests() {
        String tests = """
                tests = {}
                function run_tests()
                  require('fiber').create(function()
                    local ok, passed, failed, skipped = pcall(function()
                %s
                    end)
                    local none = setmetatable({}, { __serialize = 'map' })
                    tests = { done = true, passed = ok and passed or {},
                      failed = ok and failed or { all = tostring(passed) }, skipped = ok and skipped or none }
                  end)
                end
                """.formatted(Documentation.read("server/discovery_test.lua"));
        try (TarantoolServer server = start(tests)) {
            server.eval("run_tests()");
            Waiting.until(
                    () -> "the end of the tests; " + server.log(),
                    () -> Boolean.TRUE.equals(
                            server.eval("return tests.done == true").getFirst()));

            List<?> outcome = server.eval("return tests.passed, tests.failed, tests.skipped");
            List<DynamicTest> each = new ArrayList<>();
            ((Collection<?>) outcome.get(0)).forEach(name -> each.add(test(name, () -> {})));
            ((Map<?, ?>) outcome.get(1))
                    .forEach((name, why) ->
                            each.add(test(name, () -> assertThat(why).isNull())));
            ((Map<?, ?>) outcome.get(2))
                    .forEach((name, lacking) ->
                            each.add(test(name, () -> Assumptions.abort("the server has no " + lacking))));
            assertThat(each).hasSizeGreaterThan(10);
            return each;
        }
    }

    private static DynamicTest test(Object name, Executable outcome) {
        return DynamicTest.dynamicTest(name.toString(), outcome);
    }

    @Test
    void aClientFollowsItsRolesAndMovesOnFromWhatAGuardRefuses() {
        String script = """
                local discovery = require('discovery')
                local fiber = require('fiber')
                function write() return box.info.uuid end
                hanging = fiber.cond()
                function report(hangs) if hangs then hanging:wait() end return box.info.uuid end
                report = discovery.guard('report', report, { limit = 1, queue = 0 })
                discovery.cfg { methods = {
                  write = { weight = { master = 100, replica = 0 }, not_executed = { 7 } },
                  report = { weight = 100 } } }
                """;
        CallOptions patient = Clients.PATIENT.withTimeoutArgument(true);
        try (TarantoolServer one = start(script);
                TarantoolServer other = start(script)) {
            other.readOnly(true);
            try (DiscoveryClient client = Clients.patient()
                    .endpoints(one.endpoint(), other.endpoint())
                    .connect()) {
                Clients.awaitServed(client, "report", 2);
                assertThat(client.call("write", List.of(), String.class)).isEqualTo(uuid(one));
                one.readOnly(true);
                other.readOnly(false);
                Clients.awaitServedBy(client, "write", other);
                assertThat(client.call("write", List.of(), String.class)).isEqualTo(uuid(other));

                one.eval("require('fiber').create(report, true)");
                for (int i = 0; i < 20; i++) {
                    assertThat(client.call("report", List.of(false), patient, String.class))
                            .isEqualTo(uuid(other));
                }
                one.eval("hanging:broadcast()");
            }
        }
    }

    private static Object uuid(TarantoolServer server) {
        return server.eval("return box.info.uuid").getFirst();
    }
}
