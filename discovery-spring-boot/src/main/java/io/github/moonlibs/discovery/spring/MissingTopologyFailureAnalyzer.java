package io.github.moonlibs.discovery.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** What Spring Boot prints instead of a stack trace. */
final class MissingTopologyFailureAnalyzer extends AbstractFailureAnalyzer<MissingTopologyException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, MissingTopologyException cause) {
        return new FailureAnalysis(
                "The discovery client: " + cause.getMessage(),
                "Set one of them, for example discovery.endpoints=10.0.0.1:3301,10.0.0.2:3301 or "
                        + "discovery.topology=etcd://10.0.0.1:2379/users",
                cause);
    }
}
