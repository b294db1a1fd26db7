package io.github.moonlibs.discovery.iproto.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.testkit.Waiting;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ResolverTest {
    private static final int HOSTS = 3 * Resolver.MOST_THREADS;

    /** Has an address for every host, but gives none of them before it may go on. */
    private static final class SlowLookup implements Resolver.Lookup {
        private final CountDownLatch goOn = new CountDownLatch(1);
        private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
        private final List<String> hosts = new CopyOnWriteArrayList<>();

        @Override
        public InetAddress[] of(String host) {
            threads.add(Thread.currentThread());
            hosts.add(host);
            boolean interrupted = false;
            while (goOn.getCount() > 0) {
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            assertThat(interrupted).isFalse();
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
        }
    }

    @Test
    void veryManyHostsAreLookedUpByABoundedNumberOfThreadsEachOnce() throws Exception {
        SlowLookup slow = new SlowLookup();
        Resolver resolver = new Resolver(slow);
        List<Future<InetAddress[]>> answers = new ArrayList<>();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 2 * HOSTS; i++) {
                String host = "host" + i % HOSTS;
                answers.add(callers.submit(() -> resolver.lookUp(host)));
            }
            Waiting.until("all threads are busy", () -> slow.threads.size() == Resolver.MOST_THREADS);
            assertThat(answers).noneMatch(Future::isDone);
            slow.goOn.countDown();
            for (Future<InetAddress[]> answer : answers) {
                assertThat(answer.get()).hasSize(1);
            }
        }
        Waiting.until("no thread is left", () -> slow.threads.stream().noneMatch(Thread::isAlive));
        assertThat(slow.threads).allMatch(Thread::isDaemon);
    }

    @Test
    void aCallerCanGiveUpAndTheNextOneJoinsItsLookup() throws Exception {
        SlowLookup slow = new SlowLookup();
        Resolver resolver = new Resolver(slow);
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<InetAddress[]> first = callers.submit(() -> resolver.lookUp("a"));
            Waiting.until("it is looked up", () -> !slow.threads.isEmpty());
            first.cancel(true);
            CompletableFuture<Boolean> asked = new CompletableFuture<>();
            Future<InetAddress[]> second = callers.submit(() -> {
                asked.complete(true);
                return resolver.lookUp("a");
            });
            asked.get();
            assertThat(slow.hosts).containsExactly("a");
            slow.goOn.countDown();
            assertThat(second.get()).hasSize(1);
        }
    }
}
