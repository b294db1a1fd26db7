package io.github.moonlibs.discovery.core.health;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import org.slf4j.LoggerFactory;

/** Makes Resilience4j's circuit breakers, of which an application is to notice nothing. */
public final class Breakers {
    private static final String SLF4J_VERBOSITY = "slf4j.internal.verbosity";

    static {
        // They log to SLF4J, which warns on standard error where the application has no provider for it: as it need
        // not,
        // because this library logs to System.Logger. SLF4J looks for its verbosity once, when it is first used.
        if (System.getProperty(SLF4J_VERBOSITY) == null) {
            System.setProperty(SLF4J_VERBOSITY, "ERROR");
            LoggerFactory.getILoggerFactory();
            System.clearProperty(SLF4J_VERBOSITY);
        }
    }

    private Breakers() {}

    static CircuitBreaker make(String name, CircuitBreakerConfig config) {
        return CircuitBreaker.of(name, config);
    }

    /**
     * Loads the classes ahead of the first failure, in the background: that takes a tenth of a second, in which a call would
     * outlive its deadline.
     */
    public static void warmUp() {
        Thread.ofVirtual()
                .name("discovery-breakers")
                .start(() -> make("warm-up", CircuitBreakerConfig.ofDefaults()).getMetrics());
    }
}
