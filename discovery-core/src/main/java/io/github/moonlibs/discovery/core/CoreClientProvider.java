package io.github.moonlibs.discovery.core;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.core.support.TaskScopes;
import io.github.moonlibs.discovery.spi.ClientProvider;
import io.github.moonlibs.discovery.spi.Transport;
import java.util.concurrent.ThreadLocalRandom;

/** Opens clients with what is on the class path or module path. */
public final class CoreClientProvider implements ClientProvider {
    /** For ServiceLoader. */
    public CoreClientProvider() {}

    @Override
    public DiscoveryClient open(ClientOptions options) {
        Transport transport = Plugins.transport();
        if (options.startTimeout().isZero()) {
            // another client may wait for it, so it must not wait for a carrier
            Thread.ofPlatform().daemon().name("discovery-warm-up").start(() -> DryRun.make(transport));
        } else {
            // ahead of the first connection and the first call, so that their time is theirs
            DryRun.make(transport);
        }
        CoreClient client = new CoreClient(
                options,
                Plugins.source(options),
                transport,
                Plugins.strategies(options),
                TaskScopes.best(),
                ThreadLocalRandom::current);
        client.awaitStart();
        return client;
    }
}
