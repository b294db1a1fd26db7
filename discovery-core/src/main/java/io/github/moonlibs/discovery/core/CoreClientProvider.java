package io.github.moonlibs.discovery.core;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.core.support.TaskScopes;
import io.github.moonlibs.discovery.spi.ClientProvider;
import java.util.concurrent.ThreadLocalRandom;

/** Opens clients with what is on the class path or module path. */
public final class CoreClientProvider implements ClientProvider {
    /** For ServiceLoader. */
    public CoreClientProvider() {}

    @Override
    public DiscoveryClient open(ClientOptions options) {
        if (options.startTimeout().isZero()) {
            Thread.ofVirtual().name("discovery-warm-up").start(DryRun::make);
        } else {
            // ahead of the first connection, whose time must do for what that one has to load itself
            DryRun.make();
        }
        CoreClient client = new CoreClient(
                options,
                Plugins.source(options),
                Plugins.transport(),
                Plugins.strategies(options),
                TaskScopes.best(),
                ThreadLocalRandom::current);
        client.awaitStart();
        return client;
    }
}
