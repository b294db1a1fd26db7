package io.github.moonlibs.discovery.core;

import static io.github.moonlibs.discovery.core.Cluster.await;
import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.ClientClosedException;
import io.github.moonlibs.discovery.NoRouteException;
import io.github.moonlibs.discovery.PreparedMethod;
import io.github.moonlibs.discovery.core.strategy.WeightedRandom;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import io.github.moonlibs.discovery.spi.WeightStrategy.Picker;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The handle of a method. */
@Timeout(300)
class PreparedMethodTest {
    private static final CallOptions PATIENT =
            CallOptions.defaults().withTimeout(Cluster.BOUND).withDeadline(Cluster.BOUND);

    private static final int CALLERS = 2;

    private final Cluster cluster = new Cluster();
    private final MemoryNode a = cluster.node("a:1");
    private final MemoryNode b = cluster.node("b:1");

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void itCallsTheMethodWithTheClientsOptionsOrItsOwn() {
        a.announce("m", 1, true);
        var client = cluster.client(options -> options.callOptions(PATIENT), a);
        PreparedMethod method = client.method("m");

        assertThat(method.name()).isEqualTo("m");
        assertThat(method).hasToString("m of " + client);
        assertThat(method.call(List.of(), String.class)).isEqualTo("a:1");
        assertThat(method.call(List.of(), PATIENT, String.class)).isEqualTo("a:1");
        assertThat(method.call(List.of()).values()).containsExactly("a:1");
    }

    @Test
    void itSeesEveryChangeOfTheRouting() {
        a.announce("m", 1, true);
        var client = cluster.client(a, b);
        PreparedMethod method = client.method("m");
        assertThat(method.call(List.of(), PATIENT, String.class)).isEqualTo("a:1");

        b.announce("m", 1, true);
        awaitServed(client, "m", 2);
        a.withdraw("m");
        awaitServed(client, "m", 1);
        assertThat(method.call(List.of(), PATIENT, String.class)).isEqualTo("b:1");
        b.withdraw("m");
        awaitServed(client, "m", 0);
        assertThatThrownBy(() -> method.call(List.of(), PATIENT.withFailFast(true)))
                .isInstanceOf(NoRouteException.class);
        a.announce("m", 1, true);
        assertThat(method.call(List.of(), PATIENT, String.class)).isEqualTo("a:1");
    }

    @Test
    void preparedBeforeItIsServedItWaitsLikeAnyCall() {
        var client = cluster.client(a);
        PreparedMethod method = client.method("later");
        var call = Cluster.async(() -> method.call(List.of(), PATIENT, String.class));

        await("it waits", () -> ((CoreClient) client).waitedForNames() == 1);
        a.announce("later", 1, true);
        assertThat(call.join()).isEqualTo("a:1");
        assertThat(((CoreClient) client).waitedForNames()).isZero();
    }

    @Test
    void afterTheClientIsClosedItSaysSo() {
        var client = cluster.client(a);
        PreparedMethod method = client.method("m");
        client.close();

        assertThatThrownBy(() -> method.call(List.of())).isInstanceOf(ClientClosedException.class);
    }

    @Test
    void manyThreadsUseOneHandleWhileTheRoutingChanges() throws InterruptedException {
        a.announce("m", 1, true);
        b.announce("m", 1, true);
        var client = cluster.client(a, b);
        awaitServed(client, "m", 2);
        PreparedMethod method = client.method("m");
        AtomicBoolean over = new AtomicBoolean();
        ConcurrentLinkedQueue<CallException> failures = new ConcurrentLinkedQueue<>();

        // not virtual ones: nothing ever makes them wait, and they would leave no carrier to the nodes' lives
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            callers.add(Thread.ofPlatform().start(() -> {
                while (!over.get()) {
                    try {
                        method.call(List.of(), PATIENT.withFailFast(true));
                    } catch (CallException e) {
                        failures.add(e);
                    }
                }
            }));
        }
        try {
            for (int i = 0; i < 10; i++) {
                a.withdraw("m");
                awaitServed(client, "m", 1);
                a.announce("m", 1 + i, true);
                awaitServed(client, "m", 2);
            }
        } finally {
            over.set(true);
        }
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(failures).as("b has served it all the time").isEmpty();
    }

    @Test
    void aHandleThatIsNotUsedKeepsNoRoutesThatAreGone() {
        List<WeakReference<Picker>> pickers = new ArrayList<>();
        WeightStrategy strategy = new WeightStrategy() {
            @Override
            public String name() {
                return "remembered";
            }

            @Override
            public Picker newPicker(List<? extends Candidate> candidates) {
                Picker picker = new WeightedRandom().newPicker(candidates);
                pickers.add(new WeakReference<>(picker));
                return picker;
            }
        };
        a.announce("m", 1, true);
        cluster.list(a);
        var client = cluster.client(options -> options, strategy);
        PreparedMethod method = client.method("m");
        method.call(List.of(), PATIENT);
        assertThat(pickers).hasSize(1);

        cluster.list(b);
        awaitServed(client, "m", 0);
        await("what the handle has used last is collected", () -> {
            System.gc();
            return pickers.getFirst().get() == null;
        });
        assertThat(method.name()).isEqualTo("m");
    }

    @Test
    void handlesOfNamesThatNobodyAnnouncesLeaveNothing() {
        var client = cluster.client(a);

        for (int i = 0; i < 1_000; i++) {
            PreparedMethod unknown = client.method("unknown" + i);
            assertThatThrownBy(() -> unknown.call(List.of(), PATIENT.withFailFast(true)))
                    .isInstanceOf(NoRouteException.class);
        }
        assertThat(((CoreClient) client).waitedForNames()).isZero();
        assertThat(client.routing().routes()).isEmpty();
    }
}
