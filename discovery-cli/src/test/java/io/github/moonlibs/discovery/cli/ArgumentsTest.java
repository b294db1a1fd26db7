package io.github.moonlibs.discovery.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
                .hasMessage("argument 1: expected JSON, got Ann; a string needs double quotes that the shell leaves:"
                        + " '\"Ann\"'");
    }

    @Test
    void emptyArgumentsSeveralValuesAndDuplicateKeysAreRefused() {
        assertThatThrownBy(() -> Arguments.parse(List.of(" "))).hasMessage("argument 0: expected JSON, got nothing");
        assertThatThrownBy(() -> Arguments.parse(List.of("1 2")))
                .hasMessage("argument 0: expected one JSON value, got more: 1 2");
        assertThatThrownBy(() -> Arguments.parse(List.of("{\"a\": 1, \"a\": 2}")))
                .hasMessageStartingWith("argument 0: expected JSON, got {");
    }
}
