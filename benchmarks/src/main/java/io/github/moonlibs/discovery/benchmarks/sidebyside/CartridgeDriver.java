package io.github.moonlibs.discovery.benchmarks.sidebyside;

import io.tarantool.driver.api.TarantoolClient;
import io.tarantool.driver.api.TarantoolClientFactory;
import io.tarantool.driver.api.TarantoolServerAddress;
import io.tarantool.driver.api.connection.TarantoolConnectionSelectionStrategyType;
import io.tarantool.driver.auth.SimpleTarantoolCredentials;
import java.util.List;

/**
 * The peer: cartridge-driver, with one client of the three instances, round robin, and callers that block on futures.
 */
public final class CartridgeDriver implements Driver {
    private static final int PATIENCE_MILLIS = 60_000;

    private final TarantoolClient<?, ?> client;

    /** Connects at the first call. */
    public CartridgeDriver(List<String> endpoints) {
        client = TarantoolClientFactory.createClient()
                .withAddresses(
                        endpoints.stream().map(TarantoolServerAddress::new).toList())
                .withCredentials(new SimpleTarantoolCredentials())
                .withConnectionSelectionStrategy(TarantoolConnectionSelectionStrategyType.ROUND_ROBIN)
                .withConnectTimeout(PATIENCE_MILLIS)
                .withRequestTimeout(PATIENCE_MILLIS)
                .build();
    }

    @Override
    public List<?> call(String procedure, List<?> arguments) throws Exception {
        return client.call(procedure, arguments).get();
    }
}
