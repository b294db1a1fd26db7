package io.github.moonlibs.discovery.core.routing;

import static io.github.moonlibs.discovery.core.Cluster.await;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.Announcement;
import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.OutlierPolicy;
import io.github.moonlibs.discovery.core.Cluster;
import io.github.moonlibs.discovery.core.LogLines;
import io.github.moonlibs.discovery.core.node.Node;
import io.github.moonlibs.discovery.core.node.Session;
import io.github.moonlibs.discovery.core.strategy.Balancing;
import io.github.moonlibs.discovery.core.strategy.Strategies;
import io.github.moonlibs.discovery.core.strategy.WeightedRandom;
import io.github.moonlibs.discovery.core.support.Observers;
import io.github.moonlibs.discovery.spi.ClientObserver;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class RouterTest {
    private final RandomGenerator random = RandomGenerator.getDefault();
    private final Cluster cluster = new Cluster();
    private final AtomicInteger builds = new AtomicInteger();
    private final AtomicInteger news = new AtomicInteger();
    private final Queue<Runnable> background = new ConcurrentLinkedQueue<>();
    private final Queue<Node> unpublished = new ConcurrentLinkedQueue<>();
    private final List<Node> nodes = new ArrayList<>();

    /** Does something to the thread that makes a picker. */
    private volatile Runnable onBuild = () -> {};

    private boolean readsAttributes;
    private boolean refuseBackground;

    /** How often the time can't be asked for. */
    private final AtomicInteger noMemory = new AtomicInteger();

    private final Balancing balancing =
            new Balancing(Strategies.of(new Counting()), 0, OutlierPolicy.defaults(), this::time);
    private final Router router = new Router(
            balancing,
            new RouteWaiters(0),
            new Observers(List.of(new ClientObserver() {
                @Override
                public void routingChanged(RoutingChanged event) {
                    news.incrementAndGet();
                }
            })),
            this::inBackground);

    private void inBackground(Runnable task) {
        if (refuseBackground) {
            throw new OutOfMemoryError("thrown by a test");
        }
        background.add(task);
    }

    private long time() {
        if (noMemory.get() > 0 && noMemory.getAndDecrement() > 0) {
            throw new OutOfMemoryError("thrown by a test");
        }
        return System.nanoTime();
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private final class Counting implements WeightStrategy {
        @Override
        public String name() {
            return "counting";
        }

        @Override
        public boolean readsAttributes() {
            return readsAttributes;
        }

        @Override
        public Picker newPicker(List<? extends Candidate> candidates) {
            builds.incrementAndGet();
            onBuild.run();
            return new WeightedRandom().newPicker(candidates);
        }
    }

    private Node node(int number) {
        Instance instance = cluster.node("n" + number + ":1").instance();
        Node node = new Node(instance, balancing, Observers.NONE, router::reconsider);
        nodes.add(node);
        return node;
    }

    private Session session(Node node) {
        ClientOptions options = DiscoveryClient.builder().topology("static:a:1").build();
        try {
            return Session.open(cluster.transport(), options, node, () -> {});
        } catch (InterruptedException e) {
            throw new AssertionError("nodes in memory connect at once", e);
        }
    }

    private static Announcement announcement(int methods, Map<String, @Nullable Object> attributes) {
        Map<String, Announcement.Method> all = new LinkedHashMap<>();
        for (int i = 0; i < methods; i++) {
            all.put("m" + i, new Announcement.Method(1, true, Map.of()));
        }
        return new Announcement(true, all, attributes);
    }

    private void join(int count, int methods) {
        Announcement announcement = announcement(methods, Map.of());
        List<Session> sessions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sessions.add(session(node(i)));
        }
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Node node = nodes.get(i);
            Session session = sessions.get(i);
            threads.add(Thread.ofVirtual().start(() -> {
                awaitStart(start);
                router.announce(node, session, announcement);
                assertRouted(node);
            }));
        }
        start.countDown();
        threads.forEach(RouterTest::join);
        assertThat(unpublished).as("not routed to when the change returned").isEmpty();
        assertThat(routes("m0").all()).hasSize(count);
    }

    private void assertRouted(Node node) {
        if (routes("m0").all().stream().noneMatch(route -> route.node() == node)) {
            unpublished.add(node);
        }
    }

    private static void awaitStart(CountDownLatch start) {
        try {
            start.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void join(Thread thread) {
        try {
            assertThat(thread.join(Cluster.BOUND)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private MethodRoutes routes(String method) {
        return requireNonNull(router.routes(method));
    }

    private long version() {
        return router.table().version();
    }

    @Test
    void aThousandNodesThatAnnounceAtOnceShareAFewTables() {
        join(1_000, 200);

        assertThat(version()).isLessThanOrEqualTo(20);
        assertThat(builds.get()).isLessThanOrEqualTo(20 * 200);
        assertThat(news.get()).isLessThanOrEqualTo(20);
        assertThat(background).isEmpty();
    }

    @Test
    void theRemovalOfManyIsOneTable() {
        join(100, 10);
        long before = version();
        router.withdraw(nodes.subList(0, 50));

        assertThat(version()).isEqualTo(before + 1);
        assertThat(routes("m0").all()).hasSize(50);
        router.withdraw(nodes);
        assertThat(version()).isEqualTo(before + 2);
        assertThat(router.routes("m0")).isNull();
        nodes.forEach(router::withdraw);
        assertThat(version()).isEqualTo(before + 2);
    }

    @Test
    void whatComesWhileATableIsBuiltSharesTheNextOneAndWithdrawalsComeFirst() {
        Session first = session(node(0));
        Session second = session(node(1));
        Session third = session(node(2));
        Announcement announcement = announcement(1, Map.of());
        router.announce(nodes.get(0), first, announcement);
        CountDownLatch goOn = new CountDownLatch(1);
        onBuild = () -> awaitStart(goOn);
        Thread builder = Thread.ofPlatform().start(() -> router.announce(nodes.get(1), second, announcement));
        await("it builds", () -> builds.get() == 2);
        List<Integer> sizes = new ArrayList<>();
        onBuild = () -> sizes.add(routes("m0").all().size());
        Thread adder = Thread.ofPlatform().start(() -> router.announce(nodes.get(2), third, announcement));
        Thread remover = Thread.ofPlatform().start(() -> router.withdraw(nodes.get(0)));
        Cluster.awaitParked(adder);
        Cluster.awaitParked(remover);
        goOn.countDown();
        List.of(builder, adder, remover).forEach(RouterTest::join);

        assertThat(sizes)
                .as("routes while the withdrawal, then the addition is built")
                .containsExactly(2, 1);
        assertThat(version()).isEqualTo(4);
        assertThat(routes("m0").all()).extracting(Route::node).containsExactly(nodes.get(1), nodes.get(2));
    }

    @Test
    void aWithdrawalDoesNotWaitForAdditionsThatLetOthersCome() {
        join(500, 200);
        Session late = session(node(500));
        long before = version();
        Thread adder =
                Thread.ofPlatform().start(() -> router.announce(nodes.get(500), late, announcement(200, Map.of())));
        await("it waits, or is through", () -> LockSupport.getBlocker(adder) != null || !adder.isAlive());
        router.withdraw(nodes.get(0));

        assertThat(routes("m0").all()).extracting(Route::node).doesNotContain(nodes.get(0));
        join(adder);
        assertThat(version()).isLessThanOrEqualTo(before + 2);
    }

    @Test
    void aChangeOfHealthIsPublishedInTheBackgroundAndHeededAtOnce() {
        join(3, 10);
        long before = version();
        builds.set(0);
        timeOut(nodes.get(0));

        assertThat(builds).as("built by the thread whose call failed").hasValue(0);
        assertThat(version()).isEqualTo(before);
        assertThat(background).as("one task for all changes").hasSize(1);
        for (int i = 0; i < 1_000; i++) {
            assertThat(routes("m0").pick(random).node()).isNotEqualTo(nodes.get(0));
        }
        assertThat(router.table().snapshot(List.of()).routes("m0")).hasSize(2);
        requireNonNull(background.poll()).run();
        assertThat(version()).isEqualTo(before + 1);
        assertThat(routes("m0").snapshot()).hasSize(2);
    }

    private static void timeOut(Node node) {
        AttemptException noReply = new AttemptException(Kind.TIMEOUT, true, "no reply", null);
        for (int i = 0; i < 10; i++) {
            node.health().failed(System.nanoTime(), noReply);
        }
    }

    @Test
    void aMethodThatDidNotChangeIsNotBuiltAgain() {
        join(2, 5);
        MethodRoutes untouched = routes("m1");
        builds.set(0);
        Map<String, Announcement.Method> other =
                new LinkedHashMap<>(announcement(5, Map.of()).methods());
        other.put("m0", new Announcement.Method(2, true, Map.of()));
        Route route = routes("m0").all().getFirst();
        router.announce(route.node(), route.session(), new Announcement(true, other, Map.of()));

        assertThat(builds).hasValue(1);
        assertThat(routes("m1")).isSameAs(untouched);
    }

    @Test
    void anEqualAnnouncementAndOtherAttributesBuildNothing() {
        join(2, 5);
        RoutingTable before = router.table();
        Route route = routes("m0").all().getFirst();
        router.announce(route.node(), route.session(), announcement(5, Map.of()));
        router.announce(route.node(), route.session(), announcement(5, Map.of("uptime", 7L)));

        assertThat(router.table()).isSameAs(before);
        assertThat(route.attributes()).as("as announced last").containsExactly(Map.entry("uptime", 7L));
    }

    @Test
    void otherAttributesMakePickersOfAStrategyThatReadsThem() {
        readsAttributes = true;
        join(2, 5);
        builds.set(0);
        Route route = routes("m0").all().getFirst();
        router.announce(route.node(), route.session(), announcement(5, Map.of("zone", "east")));

        assertThat(builds).hasValue(5);
    }

    @Test
    void aStagedStepIsGivenTheTableThatContainsTheChange() {
        Session session = session(node(0));
        AtomicReference<List<Long>> staged = new AtomicReference<>(List.of());
        router.announce(
                nodes.get(0), session, announcement(1, Map.of()), table -> staged.set(List.of(table, version())));
        assertThat(staged.get()).as("ahead of its publication").containsExactly(1L, 0L);

        router.announce(
                nodes.get(0), session, announcement(1, Map.of()), table -> staged.set(List.of(table, version())));
        assertThat(staged.get()).as("nothing is to be published").containsExactly(1L, 1L);
    }

    @Test
    void aQuestionIsAskedAgainWhenAnotherTableWasPublishedMeanwhile() {
        Session session = session(node(0));
        AtomicInteger asked = new AtomicInteger();
        long answer = router.consistently(table -> {
            if (asked.incrementAndGet() == 1) {
                router.announce(nodes.get(0), session, announcement(1, Map.of()));
            }
            return table.version();
        });

        assertThat(answer).isEqualTo(1);
        assertThat(asked).hasValue(2);
    }

    @Test
    void aChangeOfHealthThatAnErrorMeetsIsMadeAfterAll() {
        join(3, 10);
        timeOut(nodes.get(0));
        long before = version();
        noMemory.set(2);

        requireNonNull(background.poll()).run();
        assertThat(noMemory).hasValue(0);
        assertThat(version()).isGreaterThan(before);
        assertThat(routes("m0").snapshot()).hasSize(2);
    }

    @Test
    void aBackgroundThatCannotBeStartedIsStartedForTheNextChange() {
        join(3, 10);
        refuseBackground = true;
        timeOut(nodes.get(0));
        refuseBackground = false;
        timeOut(nodes.get(1));

        requireNonNull(background.poll()).run();
        assertThat(routes("m0").snapshot())
                .as("half of the three may be left out")
                .hasSize(2);
    }

    @Test
    void anErrorInABuildCostsNoRoute() {
        onBuild = () -> {
            throw new OutOfMemoryError("thrown by a test");
        };
        try (LogLines lines = new LogLines()) {
            join(3, 2);

            assertThat(routes("m0").pick(random)).isNotNull();
            assertThat(lines.with("strategy counting failed")).hasSize(1);
        }
    }
}
