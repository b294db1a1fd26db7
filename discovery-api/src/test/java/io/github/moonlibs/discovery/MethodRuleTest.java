package io.github.moonlibs.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.MethodRule.Mode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MethodRuleTest {
    @ParameterizedTest
    @ValueSource(strings = {"users.get", "users.*", "*"})
    void aNameOrABeginningIsARule(String methods) {
        assertThat(new MethodRule(methods, Mode.ANY, true).methods()).isEqualTo(methods);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*.get", "users.*.get", "users.**"})
    void otherPatternsAreRefused(String methods) {
        assertThatThrownBy(() -> new MethodRule(methods, Mode.ANY, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "rule: expected a method's name, or the beginning of several and * at its end, got " + methods);
    }

    @Test
    void aRuleForTheSameWordsIsReplaced() {
        ClientOptions options = ClientOptions.builder()
                .topology("static:a:1")
                .rule("users.*", Mode.RW, false)
                .rule("stats", Mode.RO, true)
                .rule("users.*", Mode.PREFER_RO, true)
                .build();

        assertThat(options.rules())
                .containsExactly(
                        new MethodRule("users.*", Mode.PREFER_RO, true), new MethodRule("stats", Mode.RO, true));
        assertThat(options.toBuilder().build()).isEqualTo(options);
        assertThat(options.toBuilder().rule("x", Mode.ANY, true).build()).isNotEqualTo(options);
    }
}
