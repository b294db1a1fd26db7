package io.github.moonlibs.discovery.benchmarks.sidebyside;

import io.github.moonlibs.discovery.testkit.FaultProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The way to the instances: the loopback, or proxies in this process that delay all that passes. */
final class Network implements AutoCloseable {
    private final List<FaultProxy> proxies = new ArrayList<>();
    private final List<String> endpoints;

    Network(List<String> servers, Duration delay) {
        if (delay.isZero()) {
            endpoints = servers;
        } else {
            servers.forEach(server -> proxies.add(FaultProxy.before(server).delay(delay)));
            endpoints = proxies.stream().map(FaultProxy::endpoint).toList();
        }
    }

    List<String> endpoints() {
        return endpoints;
    }

    @Override
    public void close() {
        proxies.forEach(FaultProxy::close);
    }
}
