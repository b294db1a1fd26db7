package io.github.moonlibs.discovery.bind;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.Deadline;
import io.github.moonlibs.discovery.types.Types;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which of a method's parameters are sent, and how its calls are made.
 *
 * @param sent how many of them are arguments, from the first on; one that follows is about the call itself
 * @param options the options unless the caller passes others
 */
record Parameters(int sent, CallOptions options) {
    /** Checks the parameters of the method. */
    static Parameters of(Types types, Method method, CallOptions options, Problems problems) {
        Class<?>[] classes = method.getParameterTypes();
        int sent = classes.length;
        for (int i = 0; i < classes.length; i++) {
            if (!isAboutTheCall(classes[i])) {
                SendableTypes.check(
                        types, classes[i], "parameter " + (i + 1), complaint -> problems.add(method, complaint));
            } else if (i == classes.length - 1) {
                sent = i;
            } else {
                problems.add(
                        method,
                        "parameter " + (i + 1) + ": expected a single CallOptions or Deadline, as the last one, got "
                                + classes[i].getSimpleName() + " before others");
            }
        }
        return new Parameters(sent, options);
    }

    private static boolean isAboutTheCall(Class<?> type) {
        return type == CallOptions.class || type == Deadline.class;
    }

    /** The arguments to send. */
    List<@Nullable Object> arguments(@Nullable Object[] given) {
        return Arrays.asList(sent == given.length ? given : Arrays.copyOf(given, sent));
    }

    /** How to make the call. */
    CallOptions options(@Nullable Object[] given) {
        return switch (sent == given.length ? null : given[sent]) {
            case CallOptions own -> own;
            case Deadline deadline -> options.withDeadline(deadline);
            case null, default -> options;
        };
    }
}
