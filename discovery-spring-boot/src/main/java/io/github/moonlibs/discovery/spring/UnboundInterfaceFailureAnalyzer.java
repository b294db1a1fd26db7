package io.github.moonlibs.discovery.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** What Spring Boot prints instead of a stack trace. */
final class UnboundInterfaceFailureAnalyzer extends AbstractFailureAnalyzer<UnboundInterfaceException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, UnboundInterfaceException cause) {
        return new FailureAnalysis(
                "An interface with @DiscoveryInterface can't be a bean: " + cause.getMessage(),
                "Correct the interface, or remove the annotation.",
                cause);
    }
}
