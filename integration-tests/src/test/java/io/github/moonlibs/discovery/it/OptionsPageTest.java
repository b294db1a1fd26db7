package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.ClientOptions;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/options.md lists every option, with the default that it has. */
class OptionsPageTest {
    private static final Pattern ROW = Pattern.compile("^\\| (`[^|]+) \\| ([^|]+) \\|", Pattern.MULTILINE);
    private static final Pattern OPTION = Pattern.compile("`(\\w+)\\(");

    private static final ClientOptions CLIENT =
            ClientOptions.builder().endpoints("127.0.0.1:1").build();

    /** The defaults as the page says them, by the name of the option's method. */
    private static Map<String, String> defaults() {
        Map<String, String> defaults = new LinkedHashMap<>();
        Matcher rows = ROW.matcher(Documentation.read("docs/options.md"));
        while (rows.find()) {
            Matcher options = OPTION.matcher(rows.group(1));
            while (options.find()) {
                // the first row of an overloaded method is the one with a default
                defaults.putIfAbsent(options.group(1), rows.group(2));
            }
        }
        return defaults;
    }

    @Test
    void everyOptionIsListed() {
        Set<String> options = new TreeSet<>();
        options.addAll(
                names(ClientOptions.Builder.class, method -> method.getReturnType() == ClientOptions.Builder.class));
        options.addAll(names(CallOptions.class, method -> method.getName().startsWith("with")));

        assertThat(options).hasSizeGreaterThan(30);
        assertThat(defaults().keySet()).containsExactlyInAnyOrderElementsOf(options);
    }

    private static Set<String> names(Class<?> type, Predicate<Method> option) {
        return Stream.of(type.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && option.test(method))
                .map(Method::getName)
                .collect(Collectors.toSet());
    }

    @Test
    void timesAndNumbersAreThoseOfTheCode() throws ReflectiveOperationException {
        int compared = 0;
        for (Map.Entry<String, String> said : defaults().entrySet()) {
            String option = said.getKey();
            boolean ofCalls = option.startsWith("with");
            String getter = ofCalls ? Character.toLowerCase(option.charAt(4)) + option.substring(5) : option;
            Class<?> type = ofCalls ? CallOptions.class : ClientOptions.class;
            if (names(type, method -> method.getParameterCount() == 0).contains(getter)) {
                Object value = type.getMethod(getter).invoke(ofCalls ? CallOptions.defaults() : CLIENT);
                if (value instanceof Duration || value instanceof Boolean || value instanceof String) {
                    assertThat(said.getValue()).as(option).isIn(written(option, value));
                    compared++;
                }
            }
        }
        assertThat(compared).isGreaterThan(12);
        assertThat(defaults())
                .containsEntry("maxInFlightPerNode", String.valueOf(CLIENT.maxInFlightPerNode()))
                .containsEntry("maxReplySize", (CLIENT.maxReplySize() >> 20) + " MiB");
        assertThat(CLIENT.maxWaitingCalls()).isEqualTo(Integer.MAX_VALUE);
        assertThat(defaults()).containsEntry("maxWaitingCalls", "no bound");
    }

    /** How the page may write a value. */
    private static List<String> written(String option, Object value) {
        return switch (value) {
            case Duration time when time.toMillis() % 1000 == 0 -> List.of(time.toSeconds() + " s");
            case Duration time -> List.of(time.toMillis() + " ms");
            case Boolean yes -> List.of(yes ? "yes" : "no");
            case String name when option.equals("topology") -> List.of("one is required");
            default -> List.of("`" + value + "`");
        };
    }
}
