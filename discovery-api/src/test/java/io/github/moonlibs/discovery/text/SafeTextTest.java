package io.github.moonlibs.discovery.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafeTextTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "users.get", "Привет, мир", "naïve “quoted” — €", "日本語", "😀 and 👍", "a\\nb"})
    void whatIsHarmlessStaysAsItIs(String text) {
        assertThat(SafeText.of(text)).isSameAs(text);
        assertThat(SafeText.whole(text)).isSameAs(text);
        assertThat(SafeText.json(text)).isSameAs(text);
    }

    @ParameterizedTest
    @CsvSource({
        "000a, \\n",
        "000d, \\r",
        "0009, \\t",
        "0000, \\u0000",
        "0007, \\u0007",
        "001b, \\u001b",
        "007f, \\u007f",
        "0085, \\u0085",
        "009b, \\u009b",
        "00ad, \\u00ad",
        "200b, \\u200b",
        "200e, \\u200e",
        "2028, \\u2028",
        "2029, \\u2029",
        "202e, \\u202e",
        "2066, \\u2066",
        "feff, \\ufeff",
        "d800, \\ud800",
        "dfff, \\udfff",
        "e0001, \\u{e0001}",
    })
    void whatCouldForgeALineOrHideItselfIsWrittenOut(String hex, String shown) {
        String evil = Character.toString(Integer.parseInt(hex, 16));

        assertThat(SafeText.of("a" + evil + "b")).isEqualTo("a" + shown + "b");
        assertThat(SafeText.whole(evil)).isEqualTo(shown);
    }

    @Test
    void whatIsTooLongIsCutWithAMarkOfHowMuch() {
        assertThat(SafeText.of("x".repeat(500))).isEqualTo("x".repeat(500));
        assertThat(SafeText.of("x".repeat(501))).isEqualTo("x".repeat(500) + "… (1 more characters)");
        assertThat(SafeText.of("x".repeat(1_000_000))).isEqualTo("x".repeat(500) + "… (999500 more characters)");
    }

    @Test
    void listsAndMapsAreShownAsTheirTextIs() {
        Map<Object, Object> map = new LinkedHashMap<>();
        map.put(List.of(1, "two"), Arrays.asList(null, Map.of("k", 2.5)));
        map.put("empty", List.of());

        for (Object value : List.of(map, List.of(), Map.of(), List.of(map, map))) {
            assertThat(SafeText.of(value)).isEqualTo(value.toString());
        }
    }

    @Test
    void ofLargeListsAndMapsNoMoreIsMadeATextThanIsShown() {
        AtomicInteger made = new AtomicInteger();
        Object element = new Object() {
            @Override
            public String toString() {
                made.incrementAndGet();
                return "element";
            }
        };
        Object nested = Collections.nCopies(1_000_000, element);
        for (int i = 0; i < 100; i++) {
            nested = List.of(nested, Map.of(i, "x".repeat(1_000)));
        }

        assertThat(SafeText.of(nested)).hasSizeLessThan(SafeText.LONGEST + 50).startsWith("[[[");
        assertThat(made).hasValueLessThan(100);
    }

    @Test
    void charactersAreCountedAsTheyAreShown() {
        assertThat(SafeText.cut("\u001b".repeat(10), 20)).isEqualTo("\\u001b".repeat(3) + "… (7 more characters)");
        assertThat(SafeText.of("\n".repeat(400))).hasSizeLessThan(540);
    }

    @Test
    void aCutNeverSplitsACharacter() {
        for (int longest = 0; longest < 12; longest++) {
            String shown = SafeText.cut("😀".repeat(6), longest);

            assertThat(shown.codePoints()).noneMatch(c -> Character.getType(c) == Character.SURROGATE);
        }
    }

    @Test
    void whatWasShownAlreadyIsShownAgainUnchanged() {
        String shown = SafeText.of("a\u001b\n\u202eb");

        assertThat(SafeText.of(shown)).isSameAs(shown);
    }

    @Test
    void nothingIsShownAsNull() {
        assertThat(SafeText.of(null)).isEqualTo("null");
        assertThat(SafeText.name(null)).isEqualTo("null");
    }

    @Test
    void jsonKeepsItsMeaning() {
        assertThat(SafeText.json("{\"a\u009b\":\"\u202e \udb40\udc01 \ud800 😀\"}"))
                .isEqualTo("{\"a\\u009b\":\"\\u202e \\udb40\\udc01 \\ud800 😀\"}");
    }

    @Test
    void whatIsCutCostsWhatIsShown() {
        String huge = "\u001b".repeat(20_000_000);

        // each would take seconds, and the texts would take gigabytes, if all of it were written out
        for (int i = 0; i < 1_000; i++) {
            assertThat(SafeText.of(huge)).hasSizeLessThan(540);
        }
    }
}
