package io.github.moonlibs.discovery.core.strategy;

import static java.lang.System.Logger.Level.ERROR;

import io.github.moonlibs.discovery.options.ByMethod;
import io.github.moonlibs.discovery.plugins.MadeByPlugin;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import java.lang.System.Logger;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Which strategy each method has. Thread-safe; it remembers nothing but which strategies have failed. */
public final class Strategies {
    private static final Logger LOG = System.getLogger("io.github.moonlibs.discovery");

    private final WeightStrategy usual;
    private final ByMethod<WeightStrategy> others;

    /** Those that have thrown something. */
    private final Set<WeightStrategy> failed = ConcurrentHashMap.newKeySet();

    private Strategies(WeightStrategy usual, Map<String, WeightStrategy> others) {
        this.usual = usual;
        this.others = new ByMethod<>(others);
    }

    /** One for all methods. */
    public static Strategies of(WeightStrategy strategy) {
        return new Strategies(strategy, Map.of());
    }

    /**
     * Those of these names.
     *
     * @param others by a method's name, or by the beginning of some followed by a star
     * @param named finds the strategy of a name without parentheses
     * @throws IllegalArgumentException if a name is wrong; says what was expected
     */
    public static Strategies of(String usual, Map<String, String> others, Function<String, WeightStrategy> named) {
        Map<String, WeightStrategy> found = new LinkedHashMap<>();
        others.forEach((methods, name) -> found.put(methods, find(name, named)));
        return new Strategies(find(usual, named), found);
    }

    /** Reports what a strategy threw, once for each strategy. */
    public void complain(WeightStrategy strategy, Throwable defect) {
        if (failed.add(strategy)) {
            try {
                LOG.log(
                        ERROR,
                        "strategy " + strategy.name()
                                + " failed; weighted-random takes its place; it is not logged again",
                        defect);
            } catch (Throwable lost) {
                // of an application's log handler, or of the strategy's name: the substitute is what matters
            }
        }
    }

    /** Whether the method's strategy goes by attributes; one that fails to say so is taken to. */
    public boolean readsAttributes(String method) {
        WeightStrategy strategy = of(method);
        try {
            return strategy.readsAttributes();
        } catch (Throwable defect) {
            complain(strategy, defect);
            return true;
        }
    }

    /** Reads {@code name} or {@code outer(inner)}. */
    private static WeightStrategy find(String name, Function<String, WeightStrategy> named) {
        int open = name.indexOf('(');
        if (open < 0) {
            return named.apply(name);
        }
        if (open == 0 || !name.endsWith(")")) {
            throw new IllegalArgumentException(
                    "strategy: expected a name, or two as in zone-aware(peak-ewma), got \"" + name + "\"");
        }
        WeightStrategy outer = named.apply(name.substring(0, open));
        WeightStrategy inner = find(name.substring(open + 1, name.length() - 1), named);
        return MadeByPlugin.of("strategy " + name, outer, "around", () -> outer.around(inner));
    }

    public WeightStrategy of(String method) {
        WeightStrategy own = others.of(method);
        return own != null ? own : usual;
    }
}
