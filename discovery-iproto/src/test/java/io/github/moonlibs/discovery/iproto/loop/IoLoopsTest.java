package io.github.moonlibs.discovery.iproto.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.iproto.Threads;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How clients are spread over the loops of the process. */
class IoLoopsTest {
    private static Collection<Long> counts(List<IoLoop> joined) {
        return joined.stream()
                .collect(Collectors.groupingBy(loop -> loop, Collectors.counting()))
                .values();
    }

    private static void leaveAll(List<IoLoop> joined) throws InterruptedException {
        joined.forEach(loop -> loop.leave(new Nobody()));
        Threads.awaitNone("discovery-io");
    }

    @BeforeEach
    void noOtherClients() throws InterruptedException {
        Threads.awaitNone("discovery-io");
    }

    @Test
    void clientsAreSpreadEvenly() throws Exception {
        List<IoLoop> joined = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            joined.add(IoLoops.join(3));
        }
        assertThat(counts(joined)).containsExactly(3L, 3L, 3L);
        // the next one takes the room of those that have left
        IoLoop left = joined.removeFirst();
        left.leave(new Nobody());
        assertThat(IoLoops.join(3)).isSameAs(left);
        joined.add(left);
        leaveAll(joined);
    }

    @Test
    void clientsThatJoinAtOnceAreSpread() throws Exception {
        int threads = 4;
        CyclicBarrier start = new CyclicBarrier(threads);
        try (var executor = Executors.newFixedThreadPool(threads)) {
            Callable<IoLoop> join = () -> {
                start.await();
                return IoLoops.join(threads);
            };
            List<IoLoop> joined = new ArrayList<>();
            for (Future<IoLoop> one : executor.invokeAll(List.of(join, join, join, join))) {
                joined.add(one.get());
            }
            // although each may find all loops unused
            assertThat(counts(joined)).containsExactly(1L, 1L, 1L, 1L);
            leaveAll(joined);
        }
    }

    @Test
    void clientsWithFewerThreadsShareThoseThatAreThere() throws Exception {
        IoLoop only = IoLoops.join(1);
        IoLoop other = IoLoops.join(2);
        assertThat(other).isNotSameAs(only);
        assertThat(IoLoops.join(1)).isSameAs(only);
        assertThat(IoLoops.join(2)).isSameAs(other);
        leaveAll(List.of(only, only, other, other));
    }

    @Test
    void aLoopThatWasLeftByAllIsReplaced() throws Exception {
        IoLoop first = IoLoops.join(1);
        first.leave(new Nobody());
        IoLoop second = IoLoops.join(1);
        assertThat(second).isNotSameAs(first);
        leaveAll(List.of(second));
    }
}
