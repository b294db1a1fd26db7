package io.github.moonlibs.discovery.iproto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.moonlibs.discovery.ByName;
import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.ServerProtocol;
import io.github.moonlibs.discovery.TypeRef;
import io.github.moonlibs.discovery.spi.Transport;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Tuples of a real server, for a client that asks for the names of their fields. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealTupleNamesTest {
    private static final int CALL_RET_TUPLE = 8;

    /** In the order of the space's fields. */
    record User(long id, String name, Optional<String> city) {}

    /** In another order. */
    @ByName
    record Turned(String name, long id) {}

    private RealTarantool tarantool;
    private Transport.Connection connection;

    @BeforeAll
    void start() throws IOException, InterruptedException {
        tarantool = RealTarantool.start();
        connection = new Owner().connect(tarantool.endpoint(), options -> options.tupleNames(true));
    }

    @AfterAll
    void stop() throws IOException {
        connection.close();
        tarantool.close();
    }

    private boolean hasNames() {
        ServerProtocol protocol = connection.protocol();
        return protocol != null && protocol.has(CALL_RET_TUPLE);
    }

    private Result eval(String expression) throws InterruptedException {
        return connection.eval(expression, List.of(), Owner.SECONDS);
    }

    @Test
    void tuplesAreReadByTheNamesOfTheirFields() throws InterruptedException {
        assumeThat(hasNames()).as("the server has no names of tuples' fields").isTrue();

        assertThat(eval("return box.space.users:select()").getList(0, Turned.class))
                .containsExactly(new Turned("Ann", 1), new Turned("Bob", 2));
        assertThat(eval("return box.space.users:get(2)").as(new TypeRef<Map<String, Object>>() {}))
                .isEqualTo(Map.of("id", 2L, "name", "Bob"));
        assertThat(eval("return { first = box.space.users:get(1), all = { box.space.users:get(2) } }")
                        .as(new TypeRef<Map<String, Object>>() {}))
                .isEqualTo(Map.of("first", List.of(1L, "Ann", "Rome"), "all", List.of(List.of(2L, "Bob"))));
        assertThat(eval("return box.space.users:get(1), box.space.plain:get(1)").get(0, Turned.class))
                .isEqualTo(new Turned("Ann", 1));
    }

    @Test
    void rowsAreReadByPositionWhereTheyHaveNoNames() throws InterruptedException {
        for (String row : List.of("box.space.plain:get(1)", "box.tuple.new{1, 'Ann'}", "{1, 'Ann'}")) {
            Result result = eval("return " + row);
            assertThat(result.get(0)).as(row).isEqualTo(List.of(1L, "Ann"));
            assertThat(result.as(User.class)).as(row).isEqualTo(new User(1, "Ann", Optional.empty()));
            assertThatExceptionOfType(ConversionException.class)
                    .as(row)
                    .isThrownBy(() -> result.as(Turned.class))
                    .withMessageContaining("(@ByName), got an array without names");
        }
    }

    /** By name on one, by position on the other: a record in the order of the fields is the same on both. */
    @Test
    void aRecordInTheOrderOfTheFieldsIsTheSameOnServersWithAndWithoutNames() throws InterruptedException {
        Result result = eval("return box.space.users:select()");

        assertThat(result.getList(0, User.class))
                .containsExactly(new User(1, "Ann", Optional.of("Rome")), new User(2, "Bob", Optional.empty()));
        assertThat(result.get(0)).isEqualTo(List.of(List.of(1L, "Ann", "Rome"), List.of(2L, "Bob")));
    }

    @Test
    void noNamesComeUnlessTheyAreAskedFor() throws InterruptedException {
        try (Transport.Connection plain = new Owner().connect(tarantool.endpoint())) {
            Result with = eval("return box.space.users:get(1)");
            Result without = plain.eval("return box.space.users:get(1)", List.of(), Owner.SECONDS);

            assertThat(without.raw().get(without.raw().limit() - 1)).isEqualTo((byte) 'e');
            assertThat(without.raw().remaining()).isLessThanOrEqualTo(with.raw().remaining());
            assertThat(without.as(User.class)).isEqualTo(with.as(User.class));
            assertThatExceptionOfType(ConversionException.class).isThrownBy(() -> without.as(Turned.class));
        }
    }
}
