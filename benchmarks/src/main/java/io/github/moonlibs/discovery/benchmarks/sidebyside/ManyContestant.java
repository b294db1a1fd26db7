package io.github.moonlibs.discovery.benchmarks.sidebyside;

import io.github.moonlibs.discovery.CallOutcome;
import io.github.moonlibs.discovery.DiscoveryClient;
import java.util.List;
import java.util.stream.IntStream;

/** The whole library in bulk: one thread makes the calls of all callers by one {@code callMany}, and decodes every value. */
final class ManyContestant implements Contestant {
    private final DiscoveryClient client;
    private final int callers;

    ManyContestant(List<String> endpoints, int callers) throws InterruptedException {
        this.callers = callers;
        client = DiscoveryContestant.client(endpoints, options -> options);
    }

    @Override
    public int threads(int callers) {
        return 1;
    }

    @Override
    public int turn(int callers) {
        return callers;
    }

    @Override
    public Caller caller(Request request) {
        List<Request> requests = IntStream.range(0, callers)
                .mapToObj(id -> new Request(request.procedure(), id, 0))
                .toList();
        List<List<Integer>> arguments =
                requests.stream().map(Request::arguments).toList();
        return () -> {
            int id = 0;
            for (CallOutcome outcome : client.callMany(request.procedure(), arguments)) {
                requests.get(id++).check(outcome.orThrow().values());
            }
            return 0;
        };
    }

    @Override
    public void close() {
        client.close();
    }
}
