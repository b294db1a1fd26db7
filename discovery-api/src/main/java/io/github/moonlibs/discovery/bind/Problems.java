package io.github.moonlibs.discovery.bind;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Everything that keeps an interface from being bound, so that all of it can be fixed at once. Not thread-safe. */
final class Problems {
    private final Class<?> type;
    // sorted, because reflection has no order
    private final Set<String> found = new TreeSet<>();

    Problems(Class<?> type) {
        this.type = type;
    }

    void add(String problem) {
        found.add(problem);
    }

    void add(Method method, String problem) {
        add(Arrays.stream(method.getParameterTypes())
                        .map(Class::getSimpleName)
                        .collect(Collectors.joining(", ", method.getName() + "(", ")"))
                + ": " + problem);
    }

    void throwIfAny() {
        if (found.size() == 1) {
            throw new IllegalArgumentException("cannot bind " + type.getTypeName() + ": "
                    + found.iterator().next());
        }
        if (!found.isEmpty()) {
            throw new IllegalArgumentException("cannot bind " + type.getTypeName() + ", " + found.size()
                    + " problems:\n  " + String.join("\n  ", found));
        }
    }
}
