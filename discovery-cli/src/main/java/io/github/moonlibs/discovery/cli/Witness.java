package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Draws by weight, like {@code weighted-random}, and notes whom: a {@link Result} does not say who answered. A call that
 * draws again never gets a node that it drew before, so the last draw of a call that succeeded is the node that answered.
 */
public final class Witness implements WeightStrategy {
    static final String NAME = "witness";

    /** The draws of the call that the thread is in. */
    private static final ThreadLocal<List<Draw>> CALL = new ThreadLocal<>();

    /** For ServiceLoader. */
    public Witness() {}

    /** One attempt: on whom, and when it began, by {@link System#nanoTime}. */
    record Draw(Instance node, long nanoTime) {}

    /** Calls, and adds the attempts to the list as they begin. */
    static Result call(
            DiscoveryClient client, String method, List<?> arguments, CallOptions options, List<Draw> attempts) {
        CALL.set(attempts);
        try {
            return client.call(method, arguments, options);
        } finally {
            CALL.remove();
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Picker newPicker(List<? extends Candidate> candidates) {
        return random -> {
            List<Draw> attempts = CALL.get();
            if (attempts == null) {
                return draw(candidates, List.of(), random);
            }
            int index = draw(candidates, attempts, random);
            // where every candidate has been drawn, this is no attempt: the library asks, and then gives up
            if (weight(candidates.get(index), attempts) > 0) {
                attempts.add(new Draw(candidates.get(index).instance(), System.nanoTime()));
            }
            return index;
        };
    }

    private static int draw(List<? extends Candidate> candidates, List<Draw> attempts, RandomGenerator random) {
        double total = 0;
        for (Candidate candidate : candidates) {
            total += weight(candidate, attempts);
        }
        double left = random.nextDouble() * total;
        int last = 0;
        for (int i = 0; i < candidates.size() && left >= 0; i++) {
            double weight = weight(candidates.get(i), attempts);
            left -= weight;
            last = weight > 0 ? i : last;
        }
        return last;
    }

    private static double weight(Candidate candidate, List<Draw> attempts) {
        for (Draw attempt : attempts) {
            if (attempt.node().endpoint().equals(candidate.instance().endpoint())) {
                return 0;
            }
        }
        return candidate.weight();
    }
}
