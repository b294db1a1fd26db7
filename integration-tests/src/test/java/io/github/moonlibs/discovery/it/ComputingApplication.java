package io.github.moonlibs.discovery.it;

import io.github.moonlibs.discovery.DiscoveryClient;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** An application whose virtual threads compute on every carrier, from its first answer until its input ends. */
final class ComputingApplication {
    private ComputingApplication() {}

    public static void main(String[] args) throws Exception {
        AtomicBoolean isOver = new AtomicBoolean();
        try (DiscoveryClient client = DiscoveryClient.connect("static:" + args[0])) {
            client.call("node.name", List.of());
            for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
                Thread.startVirtualThread(() -> {
                    while (!isOver.get()) {
                        Thread.onSpinWait();
                    }
                });
            }
            System.out.println("computing");
            while (System.in.read() >= 0) {
                // until nobody listens any more
            }
            isOver.set(true);
        }
    }
}
