package io.github.moonlibs.discovery.iproto.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.Interval;
import io.github.moonlibs.discovery.TarantoolError;
import io.github.moonlibs.discovery.iproto.codec.values.ValueReader;
import io.github.moonlibs.discovery.types.Types;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What real servers, 2.6 and 3.3, sent and took. */
class CapturesTest {
    @ParameterizedTest
    @MethodSource("io.github.moonlibs.discovery.iproto.codec.Capture#all")
    void everyPacketFromAServerIsUnderstood(Capture capture) throws IOException {
        for (Capture.Line line : capture.packets()) {
            ServerPacket packet = ServerPacket.decode(line.withoutLength());
            assertThat(line.about).contains("TYPE(0x00): 0x" + Integer.toHexString(packet.type()));
            assertThat(line.about).contains("SYNC(0x01): " + Long.toUnsignedString(packet.sync()));
            if (packet.isError()) {
                TarantoolError error = packet.error();
                assertThat(error.code()).isEqualTo(packet.errorCode());
                assertThat(error.message()).isNotEmpty();
                assertThat(line.about).contains("0: '" + error.type() + "'");
            } else if (line.about.contains("DATA(0x30)")) {
                assertThat(packet.result(Types.plain(), "f").values())
                        .hasSize(packet.result(Types.plain(), "f").size());
            } else if (packet.type() == Iproto.EVENT) {
                assertThat(line.about).contains("EVENT_KEY(0x57): '" + packet.eventKey() + "'");
                assertThat(packet.eventValue(Types.plain(), "key").size())
                        .isEqualTo(line.about.contains("EVENT_DATA(0x58)") ? 1 : 0);
                assertThat(packet.isTrueEvent()).isEqualTo(line.about.contains("EVENT_DATA(0x58): True"));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.github.moonlibs.discovery.iproto.codec.Capture#all")
    void everyGreetingIsUnderstood(Capture capture) throws IOException {
        for (Capture.Line line : capture.lines()) {
            if (line.isGreeting()) {
                Greeting greeting = Greeting.parse(line.bytes());
                assertThat(greeting.server())
                        .isEqualTo("Tarantool " + capture.name().substring(0, 3) + ".0");
                assertThat(line.about).contains("(Binary) " + greeting.instance() + " ");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00000000-0000-0000-0000-000000000000", "of no instance"})
    void aGreetingWithoutAUuidIsOneOfAServerThatIsNotKnown(String uuid) throws IOException {
        String first = ("Tarantool 3.3.0 (Binary) " + uuid + " ".repeat(64)).substring(0, 63);
        String second = ("juIiWBAkbeNdELkCiR019NjZZ6bb5vCuwy8lhawt5T0=" + " ".repeat(64)).substring(0, 63);

        Greeting greeting = Greeting.parse((first + "\n" + second + "\n").getBytes(StandardCharsets.US_ASCII));
        assertThat(greeting.server()).isEqualTo("Tarantool 3.3.0");
        assertThat(greeting.instance()).isNull();
    }

    /** Lengths and syncs may be of any width, so what is compared is what the packets mean. */
    @Test
    void requestsMeanWhatServersWereSeenToUnderstand() throws IOException, URISyntaxException {
        int compared = 0;
        for (Capture capture : Capture.all().toList()) {
            Greeting greeting = Greeting.parse(capture.greeting().bytes());
            for (Capture.Line line : capture.requests()) {
                if (line.bytes()[0] == (byte) 0xce && isWellFormed(capture, line)) {
                    compared += compare(line, greeting) ? 1 : 0;
                }
            }
        }
        assertThat(compared).isGreaterThan(200);
    }

    /** Some were sent to see what servers make of garbage. */
    private static boolean isWellFormed(Capture capture, Capture.Line line) {
        return !capture.name().contains("bad-packets") && !line.about.contains("bad datetime");
    }

    private static boolean compare(Capture.Line line, Greeting greeting) throws IOException {
        byte[] theirs = line.withoutLength();
        ValueReader in = new ValueReader(theirs, 0, theirs.length);
        if (theirs.length == 0 || !(in.read(1) instanceof Map<?, ?> sent) || !(sent.get(0L) instanceof Long type)) {
            return false;
        }
        Object body = in.remaining() == 0 ? Map.of() : in.read(1);
        byte[] ours = body instanceof Map<?, ?> map ? same(type.intValue(), map, line, greeting) : null;
        if (ours == null) {
            return false;
        }
        ValueReader again = new ValueReader(ours, 5, ours.length);
        // the sync is written when the request is sent; until then it is what lay in the packer's buffer
        Map<?, ?> header = (Map<?, ?>) Objects.requireNonNull(again.read(1));
        assertThat(header.keySet().stream().map(Object::toString)).containsExactly("0", "1");
        assertThat(header.get(0L)).isEqualTo(type);
        assertThat(again.remaining() == 0 ? Map.of() : again.read(1))
                .usingRecursiveComparison()
                .isEqualTo(body);
        assertThat(again.remaining()).isZero();
        return true;
    }

    /** What this side makes of the same request; null if it never sends such a one. */
    private static byte @Nullable [] same(int type, Map<?, ?> body, Capture.Line line, Greeting greeting) {
        Object arguments = body.get(0x21L);
        if (type == Iproto.CALL && body.get(0x22L) instanceof String name && arguments instanceof List<?> list) {
            return body.size() == 2 ? Request.call(Types.plain(), name, list) : null;
        }
        if (type == Iproto.EVAL && body.get(0x27L) instanceof String text && arguments instanceof List<?> list) {
            return body.size() == 2 ? Request.eval(Types.plain(), text, list) : null;
        }
        if (type == Iproto.WATCH && body.get(0x57L) instanceof String key) {
            return Request.watch(key);
        }
        if (type == Iproto.PING && body.isEmpty()) {
            return Request.ping();
        }
        if (type == Iproto.AUTH && line.about.contains("AUTH ok: user test")) {
            return Request.auth("test", greeting.scramble("secret"));
        }
        return null;
    }

    @Test
    void extensionsOfServersBecomeValues() throws IOException {
        Capture capture = Capture.read("3.3-types.txt");
        List<List<@Nullable Object>> replies = new ArrayList<>();
        for (Capture.Line line : capture.packets().subList(1, 5)) {
            replies.add(ServerPacket.decode(line.withoutLength())
                    .result(Types.plain(), "f")
                    .values());
        }
        assertThat(replies.get(0)).containsExactly(UUID.fromString("64d22e4d-ac92-4a23-899a-e59f34af5479"));
        assertThat(replies.get(1))
                .containsExactly(
                        new BigDecimal("123.456"),
                        new BigDecimal("-0.001"),
                        new BigDecimal("1E+37"),
                        new BigDecimal("0.00001"),
                        new BigDecimal("99999999999999999999999999999999999999"),
                        new BigDecimal("1E+2"),
                        BigDecimal.ZERO);
        assertThat(replies.get(2))
                .containsExactly(
                        OffsetDateTime.parse("2024-02-29T12:34:56Z"),
                        OffsetDateTime.parse("2024-02-29T12:34:56.123456789Z"),
                        OffsetDateTime.parse("2024-02-29T12:34:56+03:00"),
                        OffsetDateTime.parse("2024-02-29T12:34:56+03:00"),
                        OffsetDateTime.parse("1969-12-31T00:00:00Z"));
        assertThat(replies.get(3))
                .containsExactly(
                        new Interval(0, 0, 0, 0, 0, 0, 0, 0, Interval.Adjust.NONE),
                        new Interval(1, 2, 3, 4, 5, 6, 7, 8, Interval.Adjust.NONE),
                        new Interval(0, 0, 0, -1, 0, 0, 0, 0, Interval.Adjust.NONE),
                        new Interval(0, 1, 0, 0, 0, 0, 0, 0, Interval.Adjust.LAST));
    }

    @Test
    void anErrorKeepsItsFieldsAndItsCauses() throws IOException {
        Capture capture = Capture.read("3.3-error-id.txt");
        TarantoolError outer = error(capture, "'outer'");
        assertThat(outer.toString())
                .isEqualTo("error 30002 (ClientError) \"outer\" at srv.lua:27, because of error 30001 (ClientError)"
                        + " \"inner cause\" at srv.lua:26");
        assertThat(error(capture, "'with fields'").fields())
                .containsEntry("num", 7L)
                .containsEntry("foo", "bar");
        ServerPacket returned =
                ServerPacket.decode(capture.packet("ext(3,8100918700ab").withoutLength());
        assertThat(returned.result(Types.plain(), "f").get(0, TarantoolError.class))
                .isEqualTo(new TarantoolError(
                        30004, "CustomError", "returned error", "[C]", 0, 0, Map.of("custom_type", "MyType"), null));
    }

    private static TarantoolError error(Capture capture, String about) throws IOException {
        return ServerPacket.decode(capture.packet(about).withoutLength()).error();
    }

    @Test
    void aTupleIsAListWhateverItIsWrappedIn() throws IOException {
        Capture capture = Capture.read("3.3-tuple-ext.txt");
        ServerPacket packet =
                ServerPacket.decode(capture.packet("[[ext(7,269201a36f6e65), {'x': ext(7,269202a374776f)}]]")
                        .withoutLength());
        assertThat(packet.result(Types.plain(), "f").values())
                .containsExactly(List.of(List.of(1L, "one"), Map.of("x", List.of(2L, "two"))));
    }
}
