package io.github.moonlibs.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.MethodRule.Mode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MethodRuleTest {
    private static final MethodRule OF_USERS_FIRST = new MethodRule("users.*", Mode.RW, false);
    private static final MethodRule OF_USERS = new MethodRule("users.*", Mode.PREFER_RO, true);

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

        assertThat(options.rules()).containsExactly(OF_USERS, new MethodRule("stats", Mode.RO, true));
        assertThat(options.toBuilder().build()).isEqualTo(options);
        assertThat(options.toBuilder().rule("x", Mode.ANY, true).build()).isNotEqualTo(options);
        assertThat(new RoutingSnapshot(1, Map.of(), List.of(OF_USERS_FIRST, OF_USERS)).rule("users.get"))
                .contains(OF_USERS);
    }
}
