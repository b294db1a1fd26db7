package io.github.moonlibs.discovery.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTest {
    @Test
    void everyKindOfJsonIsRead() {
        assertThat(Arguments.parse(List.of("null", "true", "42", "18446744073709551615", "0.5", "\"Ann\"", "[1, []]")))
                .containsExactly(
                        null, true, 42, new BigInteger("18446744073709551615"), 0.5, "Ann", List.of(1, List.of()));
        assertThat(Arguments.parse(List.of("{\"full\": true, \"in\": {\"a\": 1}}")))
                .containsExactly(Map.of("full", true, "in", Map.of("a", 1)));
    }

    @Test
    void aBareWordIsRefusedWithHowToQuoteIt() {
        assertThatThrownBy(() -> Arguments.parse(List.of("1", "Ann")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("argument 1: expected JSON, got a word; a string needs double quotes that the shell leaves,"
                        + " as in '\"Ann\"'");
    }

    @Test
    void emptyArgumentsSeveralValuesAndDuplicateKeysAreRefused() {
        assertThatThrownBy(() -> Arguments.parse(List.of(" "))).hasMessage("argument 0: expected JSON, got nothing");
        assertThatThrownBy(() -> Arguments.parse(List.of("1 2")))
                .hasMessage("argument 0: expected one JSON value, got more: 1 2");
        assertThatThrownBy(() -> Arguments.parse(List.of("{\"a\": 1, \"a\": 2}")))
                .hasMessage(
                        "argument 0: expected JSON, got {\"a\": 1, \"a\": 2}; line 1, column 13: Duplicate field 'a'");
    }

    @Test
    void theParsersReasonIsGivenWithItsPlaceAndLittleOfTheText() {
        assertThatThrownBy(() -> Arguments.parse(List.of("{\"a\":")))
                .hasMessageMatching(
                        "argument 0: expected JSON, got \\{\"a\":; line 1, column \\d: Unexpected end-of-input.*")
                .hasMessageNotContaining("double quotes");
        assertThatThrownBy(() -> Arguments.parse(List.of("[".repeat(3_000))))
                .hasMessageContaining("nesting depth")
                .satisfies(thrown -> assertThat(thrown.getMessage()).hasSizeLessThan(400));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e-1000000000", "1e1000000000", "[2.5e1002]"})
    void aNumberWhoseDigitsWouldFillTheMemoryIsRefused(String number) {
        assertThatThrownBy(() -> Arguments.parse(List.of(number)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("argument 0: expected numbers of at most 1000 digits before or behind the point, got "
                        + number);
    }

    @Test
    void numbersWithAPointOrAnExponentStayExact() {
        assertThat(Arguments.parse(List.of("0.1", "1e3", "-0.0", "1e400", "123456789012345678901234567890.5")))
                .containsExactly(
                        0.1, 1000.0, -0.0, new BigDecimal("1e400"), new BigDecimal("123456789012345678901234567890.5"));
    }

    @Test
    void anArgumentMayComeFromAFileOrTheStandardInput(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("user.json"), "{\"id\":\n 42}");
        InputStream in = new ByteArrayInputStream("[1, 2]\n".getBytes(StandardCharsets.UTF_8));
        assertThat(Arguments.read(List.of("1", "-", "@" + file), in))
                .containsExactly(1, List.of(1, 2), Map.of("id", 42));
        Files.writeString(file, "{\"id\":\n x}");
        assertThatThrownBy(() -> Arguments.read(List.of("@" + file), InputStream.nullInputStream()))
                .hasMessageContaining("line 2, column 2");
    }
}
