package io.github.moonlibs.discovery.chaos;

import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.RetryBudgetSnapshot;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Looks at the client's own account of its retry budget and of ejected nodes, over and over. */
final class ClientWatch implements AutoCloseable {
    private static final long PAUSE_MILLIS = 100;

    private final DiscoveryClient client;
    private final Recorder recorder;
    private final Map<String, String> nodeNames;
    private final Map<String, Long> ejectedSince = new HashMap<>();
    private final Thread thread;
    private volatile boolean stopping;

    ClientWatch(DiscoveryClient client, Recorder recorder, Map<String, String> nodeNames) {
        this.client = client;
        this.recorder = recorder;
        this.nodeNames = nodeNames;
        thread = Thread.ofPlatform().daemon().name("chaos-client-watch").start(this::watch);
    }

    private void watch() {
        while (!stopping) {
            look();
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException closed) {
                break;
            }
        }
        Set.copyOf(ejectedSince.keySet()).forEach(this::ended);
    }

    private void look() {
        RetryBudgetSnapshot budget = client.retryBudget();
        recorder.add(new BudgetSample(recorder.now(), budget.available(), budget.totalRefused()));
        Set<String> ejected = new HashSet<>();
        for (NodeSnapshot node : client.topology().nodes()) {
            if (node.ejection() != null) {
                ejected.add(nodeNames.getOrDefault(node.instance().endpoint().address(), "?"));
            }
        }
        ejected.forEach(node -> ejectedSince.putIfAbsent(node, recorder.now()));
        for (String node : Set.copyOf(ejectedSince.keySet())) {
            if (!ejected.contains(node)) {
                ended(node);
            }
        }
    }

    private void ended(String node) {
        Long since = ejectedSince.remove(node);
        if (since != null) {
            recorder.add(new Ejected(node, new Stretch(since, recorder.now())));
        }
    }

    @Override
    public void close() {
        stopping = true;
        thread.interrupt();
        Threads.join(thread);
    }
}
