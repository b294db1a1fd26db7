package io.github.moonlibs.discovery.iproto;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.TarantoolError;
import io.github.moonlibs.discovery.spi.Transport;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Errors as arguments and as returned values, on a real server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@NullUnmarked // a test that meets null where it should not fails, which is its job
class RealErrorValuesTest {
    private static final TarantoolError CAUSE =
            new TarantoolError(30_001, "CustomError", "the cause", "b.lua", 7, 0, Map.of("custom_type", "Inner"), null);
    private static final TarantoolError ERROR = new TarantoolError(
            30_002, "CustomError", "what went wrong", "a.lua", 42, 2, Map.of("custom_type", "Outer"), CAUSE);

    private RealTarantool tarantool;
    private Transport.Connection connection;

    @BeforeAll
    void start() throws IOException, InterruptedException {
        tarantool = RealTarantool.start();
        connection = new Owner().connect(tarantool.endpoint());
    }

    @AfterAll
    void stop() throws IOException {
        connection.close();
        tarantool.close();
    }

    private Result eval(String expression, Object... arguments) throws InterruptedException {
        return connection.eval(expression, List.of(arguments), Owner.SECONDS);
    }

    @Test
    void anErrorThatIsSentIsAnErrorObjectOnTheServer() throws InterruptedException {
        Result seen = eval(
                "local e = ... return type(e) == 'cdata' and e.trace ~= nil, e.code, e.type, e.message, e.trace[1].file, e.trace[1].line,"
                        + " e.errno, e.prev.message, e.prev.type, e.prev.prev",
                ERROR);
        assertThat(seen.values())
                .containsExactly(
                        true, 30_002L, "Outer", "what went wrong", "a.lua", 42L, 2L, "the cause", "Inner", null);
    }

    /** Before 2.10 a session has to ask for objects; a text comes otherwise. Of the fields, such a server keeps the type. */
    @Test
    void anErrorThatIsReturnedIsTheOneThatWasSent() throws InterruptedException {
        boolean isOld = connection.protocol() == null;
        if (isOld) {
            assertThat(eval("return ...", CAUSE).get(0)).isEqualTo("the cause");
            eval("box.session.settings.error_marshaling_enabled = true");
        }

        Result result = eval("return ...", ERROR);
        assertThat(result.get(0)).isEqualTo(ERROR);
        assertThat(result.as(TarantoolError.class)).isEqualTo(ERROR);
        assertThat(eval("return { deep = { ... } }", CAUSE).get(0)).isEqualTo(Map.of("deep", List.of(CAUSE)));
        Map<String, Object> fields = Map.of("custom_type", "T", "list", List.of(1L, "x"), "number", 7L);
        TarantoolError withFields = new TarantoolError(30_003, "CustomError", "fields", "c.lua", 1, 0, fields, null);
        assertThat(eval("return ...", withFields).as(TarantoolError.class).fields())
                .isEqualTo(isOld ? Map.of("custom_type", "T") : fields);
    }
}
