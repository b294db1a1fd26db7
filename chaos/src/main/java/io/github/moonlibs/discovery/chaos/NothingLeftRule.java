package io.github.moonlibs.discovery.chaos;

import java.util.List;

/** Nothing was left of the library: no slot when the last call had ended, no thread or socket after close. */
final class NothingLeftRule implements Rule {
    static final String NAME = "left behind";

    @Override
    public List<Violation> check(History history) {
        long last = history.calls().stream().mapToLong(Call::end).max().orElse(0);
        return history.leftovers().stream()
                .map(leftover -> new Violation(NAME, last, leftover))
                .toList();
    }
}
