package io.github.moonlibs.discovery.benchmarks.sidebyside;

import io.github.moonlibs.discovery.CallOutcome;
import io.github.moonlibs.discovery.DiscoveryClient;
import java.util.List;
import java.util.stream.LongStream;

/** The whole library in bulk: one thread makes the calls of all callers by one {@code callMany}, and decodes every value. */
final class ManyContestant implements Contestant {
    private final DiscoveryClient client;
    private final int callers;

    ManyContestant(List<String> endpoints, int callers) throws InterruptedException {
        this.callers = callers;
        client = DiscoveryContestant.client(endpoints);
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
    public Caller caller(int number) {
        List<List<Long>> arguments =
                LongStream.range(0, callers).mapToObj(List::of).toList();
        return () -> {
            long id = 0;
            for (CallOutcome outcome : client.callMany(METHOD, arguments)) {
                Contestant.check(id++, outcome.orThrow().values());
            }
        };
    }

    @Override
    public void close() {
        client.close();
    }
}
