package io.github.moonlibs.discovery.iproto.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.iproto.Threads;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Nothing that is thrown in one piece of the loop's work ends it. */
class IoLoopTest {
    /** Throws whatever it is asked to. */
    private static class Throwing implements IoLoop.Client {
        final AtomicInteger reads = new AtomicInteger();
        final AtomicInteger looks = new AtomicInteger();
        final AtomicInteger lateLooks = new AtomicInteger();
        final AtomicInteger gatherings = new AtomicInteger();
        final AtomicReference<@Nullable Throwable> abandoned = new AtomicReference<>();
        volatile @Nullable Error onRead;
        volatile @Nullable Error onLook;
        volatile @Nullable Error onGathered;
        volatile boolean gathers;
        volatile Runnable duringLook = () -> {};
        final Pipe pipe;

        Throwing() throws IOException {
            pipe = Pipe.open();
            pipe.source().configureBlocking(false);
        }

        void say() throws IOException {
            pipe.sink().write(ByteBuffer.wrap(new byte[1]));
        }

        @Override
        public void readable(ByteBuffer buffer) {
            try {
                pipe.source().read(buffer.clear());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            reads.incrementAndGet();
            if (onRead != null) {
                throw onRead;
            }
        }

        @Override
        public void writable() {}

        @Override
        public boolean sendGathered() {
            gatherings.incrementAndGet();
            if (onGathered != null) {
                throw onGathered;
            }
            return gathers;
        }

        @Override
        public long expire(long now, long latest) {
            looks.incrementAndGet();
            duringLook.run();
            if (onLook != null) {
                throw onLook;
            }
            return latest;
        }

        @Override
        public void expireLate(long now) {
            lateLooks.incrementAndGet();
        }

        @Override
        public void abandoned(Throwable defect) {
            abandoned.set(defect);
        }
    }

    @Test
    void anErrorOfOneClientEndsThatClientAlone() throws Exception {
        IoLoop loop = IoLoops.join(1);
        assertThat(IoLoops.join(1)).isSameAs(loop);
        Throwing first = new Throwing();
        Throwing second = new Throwing();
        loop.serve(first, first.pipe.source());
        loop.serve(second, second.pipe.source());
        first.onRead = new OutOfMemoryError("expected in the log");
        first.say();
        Threads.await(
                "the first to be abandoned",
                () -> first.abandoned.get() != null && first.abandoned.get().equals(first.onRead));
        second.say();
        Threads.await("the second to be read", () -> second.reads.get() > 0);
        second.onLook = new StackOverflowError();
        int looks = first.looks.get();
        Threads.await("the others to be looked after", () -> first.looks.get() > looks + 2);
        loop.handOver(new Duty() {
            @Override
            protected void resume() {
                throw new OutOfMemoryError("of a duty");
            }
        });
        second.onLook = null;
        int reads = second.reads.get();
        second.say();
        Threads.await("the second to be read again", () -> second.reads.get() > reads);
        assertThat(second.abandoned.get()).isNull();
        loop.leave(first);
        loop.leave(second);
        Threads.awaitNone("discovery-io");
    }

    @Test
    void aDutyIsTakenOverWhetherTheLoopSleepsOrNot() throws Exception {
        IoLoop loop = IoLoops.join(1);
        AtomicInteger done = new AtomicInteger();
        for (int i = 1; i <= 1_000; i++) {
            loop.handOver(new Duty() {
                @Override
                protected void resume() {
                    done.incrementAndGet();
                }
            });
            int expected = i;
            if (i % 10 == 0) {
                Threads.await("the duties to be done", () -> done.get() == expected);
            }
        }
        Throwing client = new Throwing();
        loop.leave(client);
        Threads.awaitNone("discovery-io");
    }

    @Test
    void whatCallersGatherIsLookedAfterForAsLongAsTheyDo() throws Exception {
        IoLoop loop = IoLoops.join(1);
        Throwing client = new Throwing();
        loop.serve(client, client.pipe.source());
        for (int i = 1; i <= 100; i++) {
            int before = client.gatherings.get();
            loop.gathering();
            Threads.await("a look", () -> client.gatherings.get() > before);
        }
        client.gathers = true;
        loop.gathering();
        int once = client.gatherings.get();
        Threads.await("look after look", () -> client.gatherings.get() > once + 100);
        client.onGathered = new OutOfMemoryError("expected by a test");
        int failing = client.gatherings.get();
        Threads.await("more looks", () -> client.gatherings.get() > failing + 100);
        assertThat(client.abandoned.get()).isNull();
        loop.leave(client);
        Threads.awaitNone("discovery-io");
    }

    @Test
    void theGuardLooksAfterDeadlinesWhileTheLoopIsHeldUp() throws Exception {
        IoLoop loop = IoLoops.join(1);
        Throwing client = new Throwing();
        CountDownLatch heldUp = new CountDownLatch(1);
        client.duringLook = () -> {
            try {
                heldUp.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        };
        loop.serve(client, client.pipe.source());
        Threads.await("the guard to look", () -> client.lateLooks.get() > 0);
        heldUp.countDown();
        loop.leave(client);
        Threads.awaitNone("discovery-io");
    }
}
