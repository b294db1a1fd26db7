package io.github.moonlibs.discovery.chaos;

import java.util.Comparator;
import java.util.List;

/** Holds a history against what the library promises. */
final class Checker {
    private static final List<Rule> RULES = List.of(
            new ServedRule(),
            new SentOnceRule(),
            new TrueAnswersRule(),
            new NoNodeTwiceRule(),
            new InTimeRule(),
            new ExpectedRule(),
            new PoisonRule(),
            new NothingLeftRule());

    private Checker() {}

    /** All violations, in the order of their times. */
    static List<Violation> check(History history) {
        return RULES.stream()
                .flatMap(rule -> rule.check(history).stream())
                .sorted(Comparator.comparingLong(Violation::at))
                .toList();
    }
}
