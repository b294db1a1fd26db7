package io.github.moonlibs.discovery.options;

import static java.util.function.UnaryOperator.identity;
import static java.util.stream.Collectors.toMap;

import io.github.moonlibs.discovery.MethodRule;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is set for methods, by a method's name or by the beginning of several followed by a star. A whole name takes
 * precedence over a beginning, and a longer beginning over a shorter one. Immutable; it remembers no name that it is asked
 * for.
 */
public final class ByMethod<V> {
    private static final String ANY = "*";

    private final Map<String, V> values;

    /** Those that end with a star, the longest first. */
    private final String[] beginnings;

    public ByMethod(Map<String, V> values) {
        this.values = Map.copyOf(values);
        beginnings = values.keySet().stream()
                .filter(methods -> methods.endsWith(ANY))
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toArray(String[]::new);
    }

    /** The rules of a client, by the methods that each is for; of two for the same methods the later one counts. */
    public static ByMethod<MethodRule> rules(Collection<MethodRule> rules) {
        return new ByMethod<>(
                rules.stream().collect(toMap(MethodRule::methods, identity(), (earlier, later) -> later)));
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    /** What is set for the method; null if nothing is. */
    public @Nullable V of(String method) {
        String key = key(method);
        return key == null ? null : values.get(key);
    }

    /** The name or the beginning that counts for the method; null if there is none. */
    public @Nullable String key(String method) {
        if (values.containsKey(method)) {
            return method;
        }
        for (String methods : beginnings) {
            if (method.regionMatches(0, methods, 0, methods.length() - ANY.length())) {
                return methods;
            }
        }
        return null;
    }
}
