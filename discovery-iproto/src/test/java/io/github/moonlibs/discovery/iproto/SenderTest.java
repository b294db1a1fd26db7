package io.github.moonlibs.discovery.iproto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How requests reach a socket that takes what it likes. */
class SenderTest {
    private final Kernel kernel = new Kernel();
    private final InFlight inFlight = new InFlight(2);
    private final Noted noted = new Noted();
    private final Sender sender = new Sender(kernel, noted);

    /** Takes so many bytes and no more. */
    private static final class Kernel implements Wire {
        final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        int room = Integer.MAX_VALUE;
        int writes;
        boolean broken;
        Runnable duringWrite = () -> {};

        @Override
        public int read(ByteBuffer into) {
            throw new UnsupportedOperationException("this server only listens");
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            if (broken) {
                throw new IOException("broken pipe");
            }
            writes++;
            Runnable once = duringWrite;
            duringWrite = () -> {};
            once.run();
            byte[] bytes = new byte[Math.min(room, from.remaining())];
            from.get(bytes);
            taken.writeBytes(bytes);
            room -= bytes.length;
            return bytes.length;
        }

        @Override
        public boolean blocks() {
            return false;
        }

        @Override
        public String localAddress() {
            return "memory";
        }

        @Override
        public void close() {}
    }

    private static final class Noted implements Sender.Owner {
        int stalls;
        boolean busy;
        final List<String> ends = new ArrayList<>();

        @Override
        public boolean isBusy() {
            return busy;
        }

        @Override
        public void stalled() {
            stalls++;
        }

        @Override
        public void ended(String reason, @Nullable Throwable cause) {
            ends.add(reason);
        }
    }

    private Exchange queue(int size) {
        byte[] request = new byte[size];
        java.util.Arrays.fill(request, (byte) size);
        Exchange exchange = Exchange.of(request, System.nanoTime() + Owner.SECONDS);
        inFlight.add(exchange);
        assertThat(sender.send(exchange)).isTrue();
        return exchange;
    }

    @Test
    void whatComesDuringAWriteSharesTheNextOne() {
        kernel.duringWrite = () -> {
            queue(20);
            queue(30);
        };
        queue(10);
        assertThat(kernel.writes).isEqualTo(2);
        assertThat(kernel.taken.size()).isEqualTo(60);
        queue(40);
        assertThat(kernel.writes).isEqualTo(3);
    }

    @Test
    void whatTheKernelDoesNotTakeIsSentWhenItDoesInOrderAndOnce() throws Exception {
        kernel.room = 100_000;
        queue(1);
        Exchange large = queue(200_000);
        Exchange behind = queue(7);
        assertThat(noted.stalls).isEqualTo(1);
        assertThat(kernel.taken.size()).isEqualTo(100_000);
        kernel.room = 50_000;
        sender.resume();
        assertThat(noted.stalls).isEqualTo(2);
        assertThat(behind.send()).as("not sent so far").isTrue();
        kernel.room = Integer.MAX_VALUE;
        sender.resume();
        byte[] expected = new byte[200_001];
        java.util.Arrays.fill(expected, (byte) 200_000);
        expected[0] = 1;
        assertThat(kernel.taken.toByteArray()).isEqualTo(expected);
        inFlight.failAll();
        assertThat(large.await()).isEqualTo(Exchange.State.LOST);
        assertThat(noted.ends).isEmpty();
    }

    @Test
    void theTimeOfARequestThatWaitsForTheKernelMayEndAndItIsNeverSent() throws Exception {
        kernel.room = 5;
        queue(10);
        Exchange waiting = queue(20);
        waiting.expire();
        kernel.room = Integer.MAX_VALUE;
        sender.resume();
        assertThat(kernel.taken.size()).isEqualTo(10);
        assertThat(waiting.await()).isEqualTo(Exchange.State.WITHDRAWN);
    }

    @Test
    void aBrokenWireFailsWhatIsQueuedAndSaysWhy() throws Exception {
        kernel.broken = true;
        Exchange exchange = queue(10);
        assertThat(noted.ends).first().isEqualTo("broken pipe");
        inFlight.failAll();
        assertThat(exchange.await()).isEqualTo(Exchange.State.LOST);
        sender.close();
        assertThat(sender.send(Exchange.withoutReply(new byte[1]))).isFalse();
    }

    @Test
    void aPlatformThreadDoesNotWaitForTheCarrierOfWhoeverLetsOthersAddTheirs() throws Exception {
        noted.busy = true;
        boolean lost = false;
        // it may go on before the others have its carrier; then all begins anew
        for (int i = 0; !lost; i++) {
            assertThat(i).as("attempts to take its carrier").isLessThan(1_000);
            lost = sendWhileCarriersAreHogged();
        }
    }

    /** Whether a virtual thread lost its carrier between adding its request and sending it. */
    private boolean sendWhileCarriersAreHogged() throws InterruptedException {
        int carriers = Integer.getInteger(
                "jdk.virtualThreadScheduler.parallelism", Runtime.getRuntime().availableProcessors());
        int before = kernel.taken.size();
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger hogging = new AtomicInteger();
        Thread gathers = Thread.ofVirtual().start(() -> {
            // those that it starts are next on its carrier
            for (int i = 0; i < carriers; i++) {
                Thread.ofVirtual().start(() -> {
                    hogging.incrementAndGet();
                    while (!over.get()) {
                        Thread.onSpinWait();
                    }
                    hogging.decrementAndGet();
                });
            }
            queue(10);
        });
        try {
            Threads.await("the hogs to have all carriers", () -> hogging.get() == carriers);
            boolean lost = kernel.taken.size() == before;
            queue(20);
            Threads.await("all to be sent", () -> kernel.taken.size() == before + 30);
            return lost;
        } finally {
            over.set(true);
            gathers.join();
            Threads.await("the hogs to end", () -> hogging.get() == 0);
        }
    }
}
