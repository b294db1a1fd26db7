package io.github.moonlibs.discovery.it;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * An application that names a plug-in's topology and strategy. It prints the answering node until the second node does.
 */
final class PluginApplication {
    private PluginApplication() {}

    public static void main(String[] args) throws InterruptedException {
        // this is about being found, so the machine may take its time
        CallOptions patient = CallOptions.defaults().withTimeout(Duration.ofMinutes(1));
        try (DiscoveryClient client = DiscoveryClient.builder()
                .topology(args[0])
                .strategy(args[1])
                .callOptions(patient)
                .connect()) {
            System.out.println(
                    "client in module " + client.getClass().getModule().getName());
            String answered = "";
            while (!answered.equals("second")) {
                String now = Objects.requireNonNull(client.call("node.name", List.of(), String.class));
                if (!now.equals(answered)) {
                    System.out.println("answered by " + now);
                    answered = now;
                }
                Thread.onSpinWait();
            }
        }
    }
}
