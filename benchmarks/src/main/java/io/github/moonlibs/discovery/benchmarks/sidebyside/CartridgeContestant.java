package io.github.moonlibs.discovery.benchmarks.sidebyside;

import io.tarantool.driver.api.TarantoolClient;
import io.tarantool.driver.api.TarantoolClientFactory;
import io.tarantool.driver.api.TarantoolServerAddress;
import io.tarantool.driver.api.connection.TarantoolConnectionSelectionStrategyType;
import io.tarantool.driver.auth.SimpleTarantoolCredentials;
import java.io.IOException;
import java.util.List;

/**
 * The peer: cartridge-driver, with one client of the three instances, round robin, and callers that block on futures.
 */
final class CartridgeContestant implements Contestant {
    private static final int PATIENCE_MILLIS = 60_000;

    private final TarantoolClient<?, ?> client;

    CartridgeContestant(List<String> endpoints) {
        client = TarantoolClientFactory.createClient()
                .withAddresses(
                        endpoints.stream().map(TarantoolServerAddress::new).toList())
                .withCredentials(new SimpleTarantoolCredentials())
                .withConnectionSelectionStrategy(TarantoolConnectionSelectionStrategyType.ROUND_ROBIN)
                .withRequestTimeout(PATIENCE_MILLIS)
                .build();
        // it connects at the first call
        Contestant.check(1, client.call(METHOD, List.of(1)).join());
    }

    @Override
    public Caller caller(int number) {
        return () ->
                Contestant.check(number, client.call(METHOD, List.of(number)).get());
    }

    @Override
    public void close() throws IOException {
        try {
            client.close();
        } catch (Exception e) {
            throw new IOException("cartridge-driver does not close", e);
        }
    }
}
