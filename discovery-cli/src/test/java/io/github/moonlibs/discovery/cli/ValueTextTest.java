package io.github.moonlibs.discovery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.Extension;
import io.github.moonlibs.discovery.Interval;
import io.github.moonlibs.discovery.TarantoolError;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ValueTextTest {
    private static final UUID KEY = UUID.fromString("550e8400-e29b-41d4-a716-446655440000");
    private static final Interval DAY = new Interval(0, 0, 0, 1, -2, 0, 0, 0, Interval.Adjust.NONE);

    private static Map<String, @Nullable Object> everything() {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("nil", null);
        all.put("flag", true);
        all.put("number", 42L);
        all.put("float", 0.5);
        all.put("endless", Double.POSITIVE_INFINITY);
        all.put("text", "A\"nn\u001b[31m");
        all.put("bytes", new byte[] {0, -1, 16});
        all.put("decimal", new BigDecimal("12.50"));
        all.put("uuid", KEY);
        all.put("datetime", OffsetDateTime.parse("2026-11-24T10:00:00.5+03:00"));
        all.put("interval", DAY);
        all.put("error", new TarantoolError(32, "LuajitError", "no", "a.lua", 3, 0, Map.of(), null));
        all.put("other", new Extension((byte) 9, ByteBuffer.wrap(new byte[] {1, 2})));
        all.put("list", Arrays.asList(1L, null));
        return all;
    }

    @Test
    void valuesThatJsonHasNoTypeForAreNamedByTheirType() {
        assertThat(new ValueText(10_000).of(everything()))
                .isEqualTo("{\"nil\": null, \"flag\": true, \"number\": 42, \"float\": 0.5, \"endless\": Infinity,"
                        + " \"text\": \"A\\\"nn\\u001b[31m\", \"bytes\": binary of 3 00ff10, \"decimal\": decimal 12.50,"
                        + " \"uuid\": uuid 550e8400-e29b-41d4-a716-446655440000,"
                        + " \"datetime\": datetime 2026-11-24T10:00:00.500+03:00,"
                        + " \"interval\": interval {\"days\": 1, \"hours\": -2},"
                        + " \"error\": error error 32 (LuajitError) \"no\" at a.lua:3, \"other\": ext(9, 0102),"
                        + " \"list\": [1, null]}");
    }

    @Test
    void valuesThatJsonHasNoTypeForAreStringsInJson() {
        assertThat(Json.line(everything()))
                .isEqualTo("{\"nil\":null,\"flag\":true,\"number\":42,\"float\":0.5,\"endless\":\"Infinity\","
                        + "\"text\":\"A\\\"nn\\u001B[31m\",\"bytes\":\"AP8Q\",\"decimal\":\"12.50\","
                        + "\"uuid\":\"550e8400-e29b-41d4-a716-446655440000\","
                        + "\"datetime\":\"2026-11-24T10:00:00.500+03:00\","
                        + "\"interval\":{\"days\":1,\"hours\":-2},"
                        + "\"error\":{\"code\":32,\"type\":\"LuajitError\",\"message\":\"no\",\"cause\":null},"
                        + "\"other\":\"ext(9, 0102)\",\"list\":[1,null]}");
    }

    @Test
    void aValueThatDoesNotFitOnALineTakesSeveral() {
        Map<String, Object> user = new LinkedHashMap<>();
        user.put("id", 42L);
        user.put("key", KEY);
        assertThat(new ValueText(40).of(List.of(user, "short"))).isEqualTo("""
                        [
                          {
                            "id": 42,
                            "key": uuid 550e8400-e29b-41d4-a716-446655440000
                          },
                          "short"
                        ]""");
    }

    @Test
    void aLongStringIsWholeOnALineOfItsOwn() {
        String text = "x".repeat(60);
        assertThat(new ValueText(40).of(List.of(Map.of("k", text))))
                .isEqualTo("[\n  {\n    \"k\": \"" + text + "\"\n  }\n]");
    }

    @Test
    void whatIsNestedDeeplyIsIndentedNoFurtherThanHalfOfTheLine() {
        Object nested = Collections.nCopies(1_000, 1L);
        for (int i = 0; i < 90; i++) {
            nested = List.of(nested);
        }

        assertThat(new ValueText(40).of(nested).lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(22));
    }

    @Test
    void keysThatAreListsOrMapsAreNamesInJson() {
        assertThat(Json.line(Map.of("values", Map.of(List.of(1L, Map.of("a", 2L)), "b"))))
                .isEqualTo("{\"values\":{\"[1, {\\\"a\\\": 2}]\":\"b\"}}");
    }

    @Test
    void longBinariesAreCutWithAMark() {
        assertThat(new ValueText(80).of(new byte[1_000]))
                .isEqualTo("binary of 1000 " + String.join("", Collections.nCopies(64, "00")) + "…");
    }
}
