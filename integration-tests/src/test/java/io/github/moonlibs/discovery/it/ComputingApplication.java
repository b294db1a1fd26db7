package io.github.moonlibs.discovery.it;

import static io.github.moonlibs.discovery.testkit.Waiting.BOUND;

import io.github.moonlibs.discovery.DiscoveryClient;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** An application whose virtual threads compute on every carrier, from before it connects until its input ends. */
final class ComputingApplication {
    private ComputingApplication() {}

    public static void main(String[] args) throws Exception {
        AtomicBoolean isOver = new AtomicBoolean();
        int carriers = Runtime.getRuntime().availableProcessors();
        CountDownLatch computing = new CountDownLatch(carriers);
        for (int i = 0; i < carriers; i++) {
            Thread.startVirtualThread(() -> {
                computing.countDown();
                while (!isOver.get()) {
                    Thread.onSpinWait();
                }
            });
        }
        computing.await();
        try (DiscoveryClient client = Clients.patient()
                .topology("static:" + args[0])
                .startTimeout(BOUND)
                .connect()) {
            client.call("node.name", List.of());
            System.out.println("answered");
            while (System.in.read() >= 0) {
                // until nobody listens any more
            }
            isOver.set(true);
        }
    }
}
