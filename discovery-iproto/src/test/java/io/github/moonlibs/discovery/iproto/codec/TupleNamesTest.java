package io.github.moonlibs.discovery.iproto.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.moonlibs.discovery.ByName;
import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Name;
import io.github.moonlibs.discovery.Naming;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.TypeRef;
import io.github.moonlibs.discovery.iproto.codec.msgpack.MalformedException;
import io.github.moonlibs.discovery.iproto.codec.values.Values;
import io.github.moonlibs.discovery.types.Types;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.msgpack.core.MessagePacker;

/** Tuples that come as extension 7, with the names of their fields in the same reply. */
class TupleNamesTest {
    /** In another order than the fields of the captured tuples, and with one that they don't have. */
    record User(String name, Optional<String> city, long id) {}

    record Numbered(@Name("id") int number, @Nullable String name) {}

    record Strange(@Nullable String first, @Nullable String second) {}

    @ByName
    record Named(long id, String name) {}

    record Pair(User first, Map<String, User> others) {}

    record Counted(long userId, String fullName) {}

    private static Result captured(String about) throws IOException {
        Capture.Line line = Capture.read("3.3-tuple-ext.txt").packet(about);
        return ServerPacket.decode(line.withoutLength()).result(Types.plain(), "f");
    }

    @Test
    void aRecordIsReadByTheNamesOfATuplesFieldsWhateverTheirOrder() throws IOException {
        Result result = captured("[[ext(7,269201a36f6e65), ext(7,269202a374776f)]]");

        assertThat(result.getList(0, User.class))
                .containsExactly(new User("one", Optional.empty(), 1), new User("two", Optional.empty(), 2));
        assertThat(result.getList(0, Numbered.class)).contains(new Numbered(2, "two"));
        assertThat(result.getList(0, Named.class)).contains(new Named(1, "one"));
    }

    @Test
    void tuplesAreMapsByNameAndStayListsByPosition() throws IOException {
        Result result = captured("[[ext(7,269201a36f6e65), ext(7,269202a374776f)]]");

        assertThat(result.as(new TypeRef<List<Map<String, Object>>>() {}))
                .containsExactly(Map.of("id", 1L, "name", "one"), Map.of("id", 2L, "name", "two"));
        assertThat(result.as(new TypeRef<List<Map<Object, Object>>>() {})).contains(Map.of("id", 1L, "name", "one"));
        assertThat(result.as(new TypeRef<List<Map<Integer, Object>>>() {})).contains(Map.of(1, 1L, 2, "one"));
        assertThat(result.as(new TypeRef<List<List<Object>>>() {})).contains(List.of(1L, "one"));
        assertThat(result.as(Object[][].class)).isDeepEqualTo(new Object[][] {{1L, "one"}, {2L, "two"}});
        assertThat(result.values()).containsExactly(List.of(List.of(1L, "one"), List.of(2L, "two")));
    }

    @Test
    void tuplesInMapsAndInOtherValuesHaveTheirNamesToo() throws IOException {
        Result result = captured("[[ext(7,269201a36f6e65), {'x': ext(7,269202a374776f)}]]");

        assertThat(result.as(Pair.class))
                .isEqualTo(new Pair(
                        new User("one", Optional.empty(), 1), Map.of("x", new User("two", Optional.empty(), 2))));
    }

    /** A reply with one value, and formats. */
    private static Result reply(Types types, byte[] value, byte[] formats) throws IOException {
        byte[] packet = Values.packed(out -> {
            out.packMapHeader(2).packInt(0).packInt(0).packInt(1).packInt(7);
            out.packMapHeader(2).packInt(Iproto.TUPLE_FORMATS).writePayload(formats);
            out.packInt(Iproto.DATA).packArrayHeader(1).writePayload(value);
        });
        return ServerPacket.decode(packet).result(types, "f");
    }

    private static Result reply(byte[] value, byte[] formats) throws IOException {
        return reply(Types.plain(), value, formats);
    }

    private static byte[] tuple(int format, Object... fields) {
        return tupleOf(format, Values.packed(out -> {
            out.packArrayHeader(fields.length);
            for (Object field : fields) {
                if (field instanceof byte[] packed) {
                    out.writePayload(packed);
                } else {
                    pack(out, field);
                }
            }
        }));
    }

    private static void pack(MessagePacker out, Object field) throws IOException {
        if (field instanceof String text) {
            out.packString(text);
        } else {
            out.packInt((Integer) field);
        }
    }

    private static byte[] tupleOf(int format, byte[] array) {
        byte[] data = Values.packed(out -> out.packInt(format).writePayload(array));
        return Values.packed(
                out -> out.packExtensionTypeHeader((byte) 7, data.length).writePayload(data));
    }

    /** Of the numbers 1, 2, …, with the names of their fields. */
    private static byte[] formats(String[]... names) {
        return Values.packed(out -> {
            out.packMapHeader(names.length);
            for (int i = 0; i < names.length; i++) {
                out.packInt(i + 1).packArrayHeader(names[i].length);
                for (String name : names[i]) {
                    out.packMapHeader(2).packString("type").packString("any");
                    out.packString("name").packString(name);
                }
            }
        });
    }

    @Test
    void eachTupleHasTheNamesOfItsOwnFormat() throws IOException {
        byte[] inner = tuple(2, "Ann", 7);
        byte[] formats = formats(new String[] {"others", "first"}, new String[] {"name", "id"});
        byte[] others =
                Values.packed(out -> out.packMapHeader(1).packString("a").writePayload(tuple(2, "Bob", 8)));

        assertThat(reply(tuple(1, others, inner), formats).as(Pair.class))
                .isEqualTo(new Pair(
                        new User("Ann", Optional.empty(), 7), Map.of("a", new User("Bob", Optional.empty(), 8))));
    }

    @Test
    void aClientsNamingHoldsForTheFieldsOfTuples() throws IOException {
        Types snakes = Types.of(DiscoveryClient.builder()
                .endpoints("a:1")
                .naming(Naming.SNAKE_CASE)
                .build());
        byte[] formats = formats(new String[] {"full_name", "user_id"});

        assertThat(reply(snakes, tuple(1, "Ann", 7), formats).as(Counted.class)).isEqualTo(new Counted(7, "Ann"));
    }

    @Test
    void fieldsBeyondTheFormatAreLeftOutAndMissingOnesAreNull() throws IOException {
        byte[] formats = formats(new String[] {"id", "name", "city"});

        assertThat(reply(tuple(1, 7, "Ann", "Rome", "more"), formats).as(User.class))
                .isEqualTo(new User("Ann", Optional.of("Rome"), 7));
        assertThat(reply(tuple(1, 7, "Ann", "Rome", "more"), formats).as(new TypeRef<Map<String, Object>>() {}))
                .isEqualTo(Map.of("id", 7L, "name", "Ann", "city", "Rome"));
        assertThat(reply(tuple(1, 7), formats).as(Numbered.class)).isEqualTo(new Numbered(7, null));
    }

    @Test
    void aTupleOfWhichNoNameFitsIsRefusedRatherThanReadByPosition() throws IOException {
        Result result = reply(tuple(1, "a", "b"), formats(new String[] {"one", "two"}));

        assertThatExceptionOfType(ConversionException.class)
                .isThrownBy(() -> result.as(Strange.class))
                .withMessage("f: value 0: expected a tuple with fields of TupleNamesTest.Strange, such as first,"
                        + " got one with one, two");
    }

    @Test
    void rowsWithoutNamesAreReadByPositionUnlessTheRecordForbidsIt() throws IOException {
        byte[] array = Values.packed(out -> out.packArrayHeader(2).packInt(7).packString("Ann"));

        for (Result result : List.of(reply(tuple(1, 7, "Ann"), formats(new String[0])), reply(array, formats()))) {
            assertThat(result.as(Numbered.class)).isEqualTo(new Numbered(7, "Ann"));
            assertThatExceptionOfType(ConversionException.class)
                    .isThrownBy(() -> result.as(Named.class))
                    .withMessage("f: value 0: expected a map, or a tuple with the names of its fields, for"
                            + " TupleNamesTest.Named (@ByName), got an array without names");
        }
        assertThatExceptionOfType(ConversionException.class)
                .isThrownBy(() -> reply(array, formats()).asRow(Named.class))
                .withMessageContaining("(@ByName)");
        assertThat(Values.echo(Map.of("id", 7, "name", "Ann")).as(Named.class)).isEqualTo(new Named(7, "Ann"));
    }

    @Test
    void aTupleOfAnUnknownFormatHasItsPositionsButNoNames() throws IOException {
        byte[] tuple = tuple(9, 7, "Ann");
        for (Result result : List.of(reply(tuple, formats(new String[] {"id", "name"})), Values.result(one(tuple)))) {
            assertThat(result.as(new TypeRef<List<Object>>() {})).containsExactly(7L, "Ann");
            for (Class<?> byName : List.of(User.class, Map.class)) {
                assertThatExceptionOfType(ConversionException.class)
                        .isThrownBy(() -> result.as(byName))
                        .withMessage("f: value 0: expected the format 9 of a tuple in the reply, got none");
            }
        }
    }

    private static byte[] one(byte[] value) {
        return Values.packed(out -> out.packArrayHeader(1).writePayload(value));
    }

    @Test
    void formatsThatAreNoneFailWhatIsReadByThemAlone() throws IOException {
        byte[] name = Values.packed(out -> out.packString("id"));
        List<byte[]> formats = List.of(
                Values.packed(MessagePacker::packNil),
                Values.packed(out -> out.packArrayHeader(0)),
                Values.packed(out -> out.packMapHeader(1).packInt(1).writePayload(name)),
                Values.packed(out -> out.packMapHeader(1).packString("1").packArrayHeader(0)),
                Values.packed(out ->
                        out.packMapHeader(1).packInt(1).packArrayHeader(1).writePayload(name)),
                Values.packed(out ->
                        out.packMapHeader(1).packInt(1).packArrayHeader(1).packMapHeader(0)),
                Values.packed(out -> out.packMapHeader(1)
                        .packInt(1)
                        .packArrayHeader(1)
                        .packMapHeader(1)
                        .packInt(1)
                        .packInt(1)),
                Values.packed(out -> out.packMapHeader(1)
                        .packInt(1)
                        .packArrayHeader(1)
                        .packMapHeader(1)
                        .packString("name")
                        .packInt(1)));

        for (byte[] malformed : formats) {
            Result result = reply(tuple(1, 7, "Ann"), malformed);
            assertThat(result.get(0)).isEqualTo(List.of(7L, "Ann"));
            for (Class<?> byName : List.of(User.class, Map.class)) {
                assertThatExceptionOfType(ConversionException.class)
                        .isThrownBy(() -> result.as(byName))
                        .withMessageStartingWith("f: value 0: expected ");
            }
        }
    }

    /** The frame is sound, so that it is this call's alone. */
    @Test
    void formatsThatAreNoMsgpackMakeTheReplyMalformed() {
        byte[] cutShort = {(byte) 0xdd, 0x7f, 0, 0, 0};
        byte[] longName = {(byte) 0x81, 1, (byte) 0x91, (byte) 0x81, (byte) 0xdb, 0x7f, 0, 0, 0};

        for (byte[] malformed : List.of(cutShort, longName)) {
            assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> reply(one(new byte[] {1}), malformed));
        }
    }

    @Test
    void whatIsNestedTooDeepIsRefusedInTuplesAndInFormats() throws IOException {
        byte[] deep = new byte[5_000];
        Arrays.fill(deep, (byte) 0x91);
        deep[deep.length - 1] = 1;
        byte[] deepFormats = Values.packed(out -> out.packMapHeader(1)
                .packInt(1)
                .packArrayHeader(1)
                .packMapHeader(2)
                .packString("constraint")
                .writePayload(deep)
                .packString("name")
                .packString("id"));

        assertThat(reply(tuple(1, 7), deepFormats).as(Numbered.class)).isEqualTo(new Numbered(7, null));
        byte[] tuples = tuple(1, 7);
        for (int i = 0; i < 200; i++) {
            tuples = tuple(1, tuples);
        }
        Result result = reply(tuples, deepFormats);
        for (Class<?> type : List.of(Object.class, Map.class)) {
            assertThatExceptionOfType(ConversionException.class)
                    .isThrownBy(() -> result.as(type))
                    .withMessageContaining("expected at most 128 levels of nesting, got more");
        }
    }

    @Test
    void anotherExtensionOrATupleThatIsNoneIsNoRecord() throws IOException {
        byte[] uuid =
                Values.packed(out -> out.packExtensionTypeHeader((byte) 2, 16).writePayload(new byte[16]));
        byte[] noArray = tupleOf(1, new byte[] {1});

        assertThatExceptionOfType(ConversionException.class)
                .isThrownBy(() -> reply(uuid, formats()).as(User.class))
                .withMessageContaining("expected an array or a map for TupleNamesTest.User, got the uuid ");
        for (Class<?> type : List.of(User.class, Map.class, List.class, Object.class)) {
            assertThatExceptionOfType(ConversionException.class)
                    .isThrownBy(
                            () -> reply(noArray, formats(new String[] {"id"})).as(type))
                    .withMessage("f: value 0: expected the array of a tuple of format 1, got INTEGER");
        }
    }
}
