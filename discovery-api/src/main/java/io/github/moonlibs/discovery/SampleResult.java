package io.github.moonlibs.discovery;

import io.github.moonlibs.discovery.plugins.Services;
import io.github.moonlibs.discovery.spi.Transport;
import java.util.List;

/** Results that come from no server. */
final class SampleResult {
    /** What decides about values are the defaults. */
    static final ClientOptions OPTIONS =
            DiscoveryClient.builder().topology("static:").build();

    private SampleResult() {}

    static Result of(ClientOptions options, List<?> values) {
        return Services.load(Transport.class).stream()
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "no implementation of " + Transport.class.getName() + " found: add discovery-iproto"))
                .resultOf(values, options);
    }
}
