package io.github.moonlibs.discovery.bind;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.WithOptions;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads call options from annotations. */
final class OptionsReader {
    // few enough digits that no unit overflows
    private static final Pattern TIME = Pattern.compile("(\\d{1,12})(ms|s|m)");

    private CallOptions options;
    private final Consumer<String> problems;

    private OptionsReader(CallOptions base, Consumer<String> problems) {
        this.options = base;
        this.problems = problems;
    }

    /**
     * The options with what the annotation sets.
     *
     * @param problems gets a sentence about each wrong value, which then changes nothing
     */
    static CallOptions read(CallOptions base, @Nullable WithOptions annotation, Consumer<String> problems) {
        if (annotation == null) {
            return base;
        }
        OptionsReader reader = new OptionsReader(base, problems);
        reader.readAll(annotation);
        return reader.options;
    }

    private void readAll(WithOptions annotation) {
        if (!annotation.timeout().isEmpty()) {
            set(with -> with.withTimeout(time("timeout", annotation.timeout())));
        }
        if (!annotation.deadline().isEmpty()) {
            set(with -> with.withDeadline(time("deadline", annotation.deadline())));
        }
        if (annotation.maxAttempts() != 0) {
            set(with -> with.withMaxAttempts(annotation.maxAttempts()));
        }
        if (annotation.failFast()) {
            set(with -> with.withFailFast(true));
        }
        Set<AttemptException.Kind> kinds = Set.of(annotation.retryOn().clone());
        if (!kinds.isEmpty()) {
            set(with -> with.withRetryOn(failure -> kinds.contains(failure.kind())));
        }
        Set<Integer> codes = Arrays.stream(annotation.notExecuted()).boxed().collect(Collectors.toSet());
        if (!codes.isEmpty()) {
            set(with -> with.withNotExecuted(error -> codes.contains(error.code())));
        }
    }

    private void set(UnaryOperator<CallOptions> option) {
        try {
            options = option.apply(options);
        } catch (IllegalArgumentException e) {
            problems.accept("@WithOptions " + e.getMessage());
        }
    }

    private static Duration time(String option, String text) {
        Matcher time = TIME.matcher(text);
        if (!time.matches()) {
            throw new IllegalArgumentException(
                    option + ": expected a whole number and ms, s or m, as in \"100ms\", got \"" + text + "\"");
        }
        ChronoUnit unit = switch (time.group(2)) {
            case "ms" -> ChronoUnit.MILLIS;
            case "s" -> ChronoUnit.SECONDS;
            default -> ChronoUnit.MINUTES;
        };
        return Duration.of(Long.parseLong(time.group(1)), unit);
    }
}
