package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.TarantoolError;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * docs/values.md is made of {@link ValueCases}, and the server at hand proves those that are about its version. Run
 * with {@code -Ddocs.update=true} to write the page.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ValuesPageTest {
    private static final String PAGE = "docs/values.md";

    private static final String SCRIPT = """
            ffi, decimal, uuid = require('ffi'), require('decimal'), require('uuid')
            local json = require('json')
            local function optional(name)
                local found, module = pcall(require, name)
                return found and module or nil
            end
            datetime, varbinary = optional('datetime'), optional('varbinary')

            local users = box.schema.space.create('users', { if_not_exists = true, format = {
                { name = 'id', type = 'unsigned' }, { name = 'name', type = 'string' } } })
            users:create_index('primary', { if_not_exists = true })
            users:replace({ 1, 'Ann' })
            box.schema.user.grant('guest', 'read', 'space', 'users', { if_not_exists = true })

            local function kind(value)
                if type(value) ~= 'cdata' then return type(value) end
                if value == nil then return 'cdata, nil' end
                if decimal.is_decimal(value) then return 'cdata, decimal' end
                if ffi.istype('struct tt_uuid', value) then return 'cdata, uuid' end
                if datetime and datetime.is_datetime(value) then return 'cdata, datetime' end
                if datetime and datetime.interval.is_interval(value) then return 'cdata, interval' end
                if varbinary and varbinary.is(value) then return 'cdata, varbinary' end
                if ffi.istype('struct error', value) then return 'cdata, error' end
                return 'cdata, ' .. tostring(ffi.typeof(value)):match('<(.*)>')
            end

            local function text(value)
                if value == nil then return 'null' end
                if type(value) == 'table' then return json.encode(value) end
                return (tostring(value):gsub('%c', function(c) return '\\\\' .. c:byte() end))
            end

            testkit.define('values.make', function(expression)
                return assert(loadstring('return ' .. expression))()
            end)
            testkit.define('values.seen', function(value) return kind(value), text(value), value end)
            testkit.announce('values.make', 1, true)
            testkit.announce('values.seen', 1, true)
            """;

    private TarantoolServer server;
    private DiscoveryClient client;
    private String version;

    @BeforeAll
    void start() {
        server = TarantoolServer.builder().script(SCRIPT).start();
        client = Clients.patient().endpoints(server.endpoint()).tupleNames(true).connect();
        version = Objects.requireNonNull(client.call("values.make", String.class, "_TARANTOOL"));
    }

    @AfterAll
    void stop() {
        client.close();
        server.close();
    }

    /** Whether the server at hand is one of these. */
    private boolean isOneOf(ValueCases.Servers servers) {
        return (servers.from().isEmpty() || compareVersions(version, servers.from()) >= 0)
                && (servers.to().isEmpty() || compareVersions(version, servers.to()) < 0);
    }

    /** By the first two numbers. */
    private static int compareVersions(String one, String other) {
        String[] ones = one.split("[.-]", -1);
        String[] others = other.split("[.-]", -1);
        int major = Integer.compare(Integer.parseInt(ones[0]), Integer.parseInt(others[0]));
        return major != 0 ? major : Integer.compare(Integer.parseInt(ones[1]), Integer.parseInt(others[1]));
    }

    @Test
    void whatTheServerReturnsIsReadAsThePageSays() {
        SoftAssertions all = new SoftAssertions();
        int proven = 0;
        for (ValueCases.Returned row : ValueCases.returned()) {
            if (isOneOf(row.servers())) {
                Result result = client.call("values.make", List.of(row.lua()));
                for (ValueCases.Reading reading : row.readings()) {
                    all.assertThat(comparable(read(result, reading.type())))
                            .as("%s as %s", row.lua(), named(reading.type()))
                            .isEqualTo(comparable(reading.value()));
                }
                for (Type type : row.refused()) {
                    all.assertThatThrownBy(() -> result.get(0, type))
                            .as("%s as %s", row.lua(), named(type))
                            .isInstanceOf(ConversionException.class);
                }
                proven++;
            }
        }
        all.assertAll();
        assertThat(proven).isGreaterThan(30);
    }

    /** A refusal is compared with what was expected, like any other value. */
    private static @Nullable Object read(Result result, Type type) {
        try {
            return result.get(0, type);
        } catch (ConversionException refusal) {
            return refusal;
        }
    }

    @Test
    void luaSeesOfAnArgumentWhatThePageSaysAndItComesBackAsItWas() {
        SoftAssertions all = new SoftAssertions();
        int proven = 0;
        for (ValueCases.Sent row : ValueCases.sent()) {
            if (isOneOf(row.servers())) {
                Result seen = client.call("values.seen", Collections.singletonList(row.value()));
                all.assertThat(seen.get(0, String.class) + ": " + seen.get(1, String.class))
                        .as(row.java())
                        .isEqualTo(row.type() + ": " + row.text());
                Object value = row.value();
                if (value != null && comesBack(value)) {
                    all.assertThat(comparable(seen.get(2, value.getClass())))
                            .as("%s, back", row.java())
                            .isEqualTo(comparable(value));
                }
                proven++;
            }
        }
        all.assertAll();
        assertThat(proven).isGreaterThan(25);
    }

    /** Whether it can be asked for by its class, and from any server. */
    private boolean comesBack(Object value) {
        boolean generic = value instanceof Collection<?> || value instanceof Map<?, ?> || value instanceof Optional<?>;
        // Lua sends a whole number as an integer, and there is no negative zero among those
        boolean losesSign = value.equals(-0.0);
        return !generic
                && !losesSign
                && !(value instanceof TarantoolError && !isOneOf(ValueCases.Servers.since("2.10")));
    }

    @Test
    void whatNoServerCanHoldIsRefused() {
        for (ValueCases.Unsent row : ValueCases.unsent()) {
            assertThatIllegalArgumentException()
                    .as(row.java())
                    .isThrownBy(() -> client.call("values.seen", List.of(row.value())))
                    .withMessageEndingWith(row.message());
        }
    }

    @Test
    void thePageIsMadeOfTheseCases() throws IOException {
        String now = page();
        if (Boolean.getBoolean("docs.update")) {
            Files.writeString(Documentation.file(PAGE), now);
        }

        assertThat(Documentation.read(PAGE))
                .as("%s; if the change is meant, run with -Ddocs.update=true and commit the file", PAGE)
                .isEqualTo(now);
    }

    /** Arrays as lists, and of an error what does not depend on where it was made. */
    private static @Nullable Object comparable(@Nullable Object value) {
        return switch (value) {
            case byte[] bytes -> HexFormat.of().formatHex(bytes);
            case int[] numbers -> Arrays.stream(numbers).boxed().toList();
            case Object[] elements -> Arrays.asList(elements);
            case TarantoolError error ->
                new TarantoolError(error.code(), error.type(), error.message(), "", 0, 0, Map.of(), null);
            case null, default -> value;
        };
    }

    private static String page() {
        StringBuilder page = new StringBuilder("""
                # Values

                Every type of Tarantool in both directions, with the cases at its edges. [Types](types.md) has the
                rules. A test proves each row on a real server of a version that it is about, and makes this page. A
                row without a version is about all of them.

                ## What a procedure returns

                The first reading is the one without a type, as `Object`. In the expressions, `datetime`, `decimal`,
                `ffi`, `uuid` and `varbinary` are the modules of these names.

                ```java
                enum Colour {
                    RED
                }

                record Point(int x, Integer y) {}

                record Size(int bytes) {}

                @ByName
                record User(String name, long id) {}
                ```

                | Tarantool | Lua | servers | is read as | is refused as |
                |---|---|---|---|---|
                """);
        for (ValueCases.Returned row : ValueCases.returned()) {
            row(
                    page,
                    row.kind(),
                    code(row.lua()),
                    row.servers().toString(),
                    row.readings().stream().map(ValuesPageTest::shown).collect(Collectors.joining("<br>")),
                    row.refused().stream().map(type -> code(named(type))).collect(Collectors.joining(", ")));
        }
        page.append("""

                ## What Lua sees of an argument

                The type is that of `type()`; of a `cdata`, with what it is.

                | Java | servers | type in Lua | value in Lua |
                |---|---|---|---|
                """);
        for (ValueCases.Sent row : ValueCases.sent()) {
            row(page, code(row.java()), row.servers().toString(), row.type(), code(row.text()));
        }
        page.append("""

                ## What isn't sent

                No server can hold these values. Each is an `IllegalArgumentException`, and nothing is sent.

                | Java | the end of the message |
                |---|---|
                """);
        for (ValueCases.Unsent row : ValueCases.unsent()) {
            row(page, code(row.java()), row.message());
        }
        return page.toString();
    }

    private static void row(StringBuilder page, String... cells) {
        for (String cell : cells) {
            page.append('|').append(cell.isEmpty() ? "" : " " + cell).append(' ');
        }
        page.append("|\n");
    }

    private static String shown(ValueCases.Reading reading) {
        String value = text(reading.value());
        Object raw = reading.value();
        // what an Object is
        String type = reading.type() != Object.class || raw == null ? named(reading.type()) : kind(raw);
        return (reading.type() == Object.class ? code("Object") + " a " : "") + code(type) + " " + code(value);
    }

    private static String kind(Object raw) {
        return switch (raw) {
            case List<?> list -> "List";
            case Map<?, ?> map -> "Map";
            default -> named(raw.getClass());
        };
    }

    private static String named(Type type) {
        return type.getTypeName().replaceAll("([a-z]+\\.)+", "").replace("ValueCases$", "");
    }

    private static String text(@Nullable Object value) {
        return switch (comparable(value)) {
            case TarantoolError error -> error.message() + " (" + error.type() + " " + error.code() + ")";
            case List<?> elements ->
                elements.stream().map(ValuesPageTest::text).toList().toString();
            // the order of Set.of and Map.of differs from run to run
            case Set<?> elements ->
                elements.stream().map(ValuesPageTest::text).sorted().toList().toString();
            case Map<?, ?> map ->
                map.entrySet().stream()
                        .map(entry -> text(entry.getKey()) + "=" + text(entry.getValue()))
                        .sorted()
                        .collect(Collectors.joining(", ", "{", "}"));
            case null -> "null";
            case Object other -> other.toString();
        };
    }

    private static String code(String text) {
        return "`" + text.replace("|", "\\|") + "`";
    }
}
