package io.github.moonlibs.discovery.micrometer;

import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.spi.ClientObserver;
import io.github.moonlibs.discovery.text.SafeText;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;

/**
 * An observation around each call, of which a tracer makes a span: {@code discovery.client.call}, named {@code discovery
 * METHOD}, with the key values {@code method} and, if a node answered the call, {@code node}; a failure is its error. It is
 * the current observation of the caller's thread while the call is under way. One object serves any number of clients.
 * Thread-safe.
 *
 * <p>{@code method} becomes a tag of meters, too, so its values are bounded: methods after the first 100 have the value
 * {@code other}. The observation's name always has the method's.
 */
public final class DiscoveryObservations implements ClientObserver {
    private static final int MAX_METHODS = 100;

    private final ObservationRegistry registry;
    private final TagValues methods = new TagValues(MAX_METHODS);

    /** Observations for the handlers of the registry. */
    public DiscoveryObservations(ObservationRegistry registry) {
        this.registry = registry;
    }

    /** Distinguishes this class's observations from others. */
    private static final class CallContext extends Observation.Context {}

    @Override
    public void callStarted(CallStarted event) {
        String method = event.method();
        Observation.createNotStarted("discovery.client.call", CallContext::new, registry)
                .contextualName("discovery " + SafeText.name(method))
                .lowCardinalityKeyValue("method", methods.of(method))
                .start()
                .openScope();
    }

    @Override
    public void callEnded(CallEnded event) {
        Instance answeredBy = event.answeredBy();
        Throwable failure = event.failure();
        Observation.Scope scope = registry.getCurrentObservationScope();
        if (scope == null || !(scope.getCurrentObservation().getContext() instanceof CallContext)) {
            return;
        }
        Observation observation = scope.getCurrentObservation();
        if (answeredBy != null) {
            observation.highCardinalityKeyValue("node", SafeText.name(answeredBy.name()));
        }
        if (failure != null) {
            observation.error(failure);
        }
        scope.close();
        observation.stop();
    }
}
