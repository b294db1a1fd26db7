package io.github.moonlibs.discovery.core.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.core.Plugins;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

class StrategiesTest {
    @Test
    void aMethodHasItsOwnStrategyOrThatOfItsLongestBeginningOrTheUsualOne() {
        Strategies strategies = strategies(options -> options.strategy("least-loaded")
                .strategy("users.*", "round-robin")
                .strategy("users.get*", "peak-ewma")
                .strategy("users.get", "weighted-random")
                .strategy("*", "zone-aware(peak-ewma)"));

        assertThat(strategies.of("users.get")).isInstanceOf(WeightedRandom.class);
        assertThat(strategies.of("users.getAll")).isInstanceOf(PeakEwma.class);
        assertThat(strategies.of("users.insert")).isInstanceOf(RoundRobin.class);
        assertThat(strategies.of("orders.get")).isInstanceOf(ZoneAware.class);
        assertThat(strategies(options -> options.strategy("least-loaded").strategy("users.*", "peak-ewma"))
                        .of("orders.get"))
                .isInstanceOf(LeastLoaded.class);
    }

    @Test
    void aWrongNameSaysWhatWasExpected() {
        assertWrong(
                "best",
                "strategy: no plug-in has the name \"best\"; found least-loaded, peak-ewma, round-robin, "
                        + "weighted-random, zone-aware");
        assertWrong("zone-aware(best)", "strategy: no plug-in has the name \"best\"");
        assertWrong("zone-aware(peak-ewma", "strategy: expected a name, or two as in zone-aware(peak-ewma)");
        assertWrong("peak-ewma(zone-aware)", "strategy peak-ewma takes no other inside, got peak-ewma(zone-aware)");
    }

    private static void assertWrong(String name, String message) {
        assertThatThrownBy(() -> strategies(options -> options.strategy(name)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
        assertThatThrownBy(() -> strategies(options -> options.strategy("m", name)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    private static Strategies strategies(UnaryOperator<ClientOptions.Builder> options) {
        return Plugins.strategies(
                options.apply(DiscoveryClient.builder().topology("static:a:1")).build());
    }

    @Test
    @NullUnmarked // null is what is refused
    void aStrategyThatTakesAnotherInsideAndMakesNothingOfItIsNamed() {
        WeightStrategy inner = new WeightedRandom();
        for (WeightStrategy outer : List.of(outer(any -> null), outer(any -> {
            throw new NullPointerException("inner");
        }))) {
            assertThatThrownBy(
                            () -> Strategies.of("outer(inner)", Map.of(), name -> name.equals("outer") ? outer : inner))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("strategy outer(inner): around of the plug-in "
                            + outer.getClass().getName());
        }
    }

    private static WeightStrategy outer(UnaryOperator<WeightStrategy> around) {
        return new WeightStrategy() {
            @Override
            public String name() {
                return "outer";
            }

            @Override
            public Picker newPicker(List<? extends Candidate> candidates) {
                return random -> 0;
            }

            @Override
            public WeightStrategy around(WeightStrategy inner) {
                return around.apply(inner);
            }
        };
    }
}
