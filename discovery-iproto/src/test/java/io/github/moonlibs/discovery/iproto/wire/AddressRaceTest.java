package io.github.moonlibs.discovery.iproto.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.iproto.Threads;
import io.github.moonlibs.discovery.iproto.codec.Frames;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Of the addresses of a name the first that logs in wins. */
class AddressRaceTest {
    private static final InetAddress FIRST = address(1);
    private static final InetAddress SECOND = address(2);

    private final Set<InetAddress> ended = ConcurrentHashMap.newKeySet();

    private static InetAddress address(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Handshake handshake(InetAddress address) {
        return new Handshake(new MemoryWire(new byte[0]), new Frames(1), address.getHostAddress(), null, 2, null);
    }

    private Handshake hang(InetAddress address) throws IOException {
        try {
            new CountDownLatch(1).await();
            throw new AssertionError();
        } catch (InterruptedException e) {
            ended.add(address);
            throw new IOException("interrupted", e);
        }
    }

    @Test
    void anAddressThatHangsCostsNoMoreThanAHeadStart() throws Exception {
        AddressRace race = new AddressRace(
                List.of(FIRST, SECOND),
                (address, progress) -> address.equals(FIRST) ? hang(address) : handshake(address),
                step -> {},
                BriefThreads.PLATFORM);
        assertThat(race.run().server()).isEqualTo("127.0.0.2");
        Threads.await("the other to be interrupted", () -> ended.contains(FIRST));
    }

    @Test
    void aFailureStartsTheNextAndTheMessageNamesAll() {
        CompletableFuture<Thread> first = new CompletableFuture<Thread>().orTimeout(Threads.BOUND, TimeUnit.SECONDS);
        AddressRace race = new AddressRace(
                List.of(FIRST, SECOND),
                (address, progress) -> {
                    if (address.equals(FIRST)) {
                        first.complete(Thread.currentThread());
                        throw new ConnectException("cannot connect (127.0.0.1: Connection refused)");
                    }
                    awaitEnd(first.join());
                    throw new IOException("expected a greeting");
                },
                step -> {},
                BriefThreads.PLATFORM);
        assertThatThrownBy(race::run)
                .isInstanceOf(IOException.class)
                .hasMessage("cannot connect (127.0.0.1: Connection refused); 127.0.0.2: expected a greeting");
    }

    /** The message has the order of the failures, and the second may start before the first has come to fail. */
    private static void awaitEnd(Thread thread) throws IOException {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    @Test
    void anInterruptEndsAll() throws Exception {
        CountDownLatch running = new CountDownLatch(2);
        AddressRace race = new AddressRace(
                List.of(FIRST, SECOND),
                (address, progress) -> {
                    running.countDown();
                    return hang(address);
                },
                step -> {},
                BriefThreads.PLATFORM);
        Set<Throwable> thrown = ConcurrentHashMap.newKeySet();
        Thread runner = Thread.ofVirtual().start(() -> {
            try {
                race.run();
            } catch (Exception e) {
                thrown.add(e);
            }
        });
        running.await();
        runner.interrupt();
        runner.join();
        assertThat(thrown).hasOnlyElementsOfType(InterruptedException.class).hasSize(1);
        Threads.await("both to end", () -> ended.size() == 2);
    }

    @Test
    void theFamiliesTakeTurns() throws Exception {
        InetAddress six = InetAddress.getAllByName("::1")[0];
        assertThat(AddressRace.order(six, FIRST, SECOND)).containsExactly(six, FIRST, SECOND);
        assertThat(AddressRace.order(FIRST, SECOND, six, FIRST)).containsExactly(FIRST, six, SECOND);
    }
}
