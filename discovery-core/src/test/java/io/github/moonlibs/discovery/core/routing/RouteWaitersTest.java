package io.github.moonlibs.discovery.core.routing;

import static io.github.moonlibs.discovery.core.Cluster.async;
import static io.github.moonlibs.discovery.core.Cluster.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.Deadline;
import io.github.moonlibs.discovery.core.Cluster;
import io.github.moonlibs.discovery.core.routing.RouteWaiters.TooManyException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class RouteWaitersTest {
    private final RouteWaiters waiters = new RouteWaiters(1);

    @AfterEach
    void end() throws InterruptedException {
        waiters.end(Cluster.BOUND);
    }

    private @Nullable String wait(Duration time, Supplier<@Nullable String> probe) {
        try {
            return waiters.await("m", Deadline.after(time), probe);
        } catch (InterruptedException | TooManyException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatIsThereIsFoundAtOnceEvenAfterTheDeadline() {
        assertThat(wait(Duration.ZERO, () -> "found")).isEqualTo("found");
        assertThat(wait(Duration.ZERO, () -> null)).isNull();
    }

    @Test
    void aProbeIsAskedAgainWhenItsWaiterIsWoken() {
        AtomicReference<@Nullable String> found = new AtomicReference<>();
        AtomicInteger asked = new AtomicInteger();
        CompletableFuture<@Nullable String> waiting = async(() -> wait(Cluster.BOUND, () -> {
            asked.incrementAndGet();
            return found.get();
        }));
        await("it waits", () -> asked.get() > 0 && waiters.waiting() == 1);
        found.set("found");
        waiters.wakeAll();

        assertThat(waiting.join()).isEqualTo("found");
        // at its beginning, when the alarm has been started, and twice if it was woken between two looks
        assertThat(asked).hasValueBetween(2, 4);
    }

    @Test
    void aTableInWhichOtherMethodsHaveChangedWakesNoCall() {
        AtomicReference<@Nullable String> found = new AtomicReference<>();
        AtomicInteger asked = new AtomicInteger();
        CompletableFuture<@Nullable String> waiting = async(() -> wait(Cluster.BOUND, () -> {
            asked.incrementAndGet();
            return found.get();
        }));
        await("it waits", () -> waiters.names() == 1 && asked.get() > 0);
        for (int i = 0; i < 100; i++) {
            waiters.wake(Set.of("other"));
        }
        // at its beginning, and when the alarm has been started
        assertThat(asked).hasValueBetween(1, 2);
        found.set("found");
        waiters.wake(Set.of("m"));

        assertThat(waiting.join()).isEqualTo("found");
    }

    @Test
    void oneMoreThanTheBoundIsRefused() {
        CompletableFuture<@Nullable String> waiting = async(() -> wait(Cluster.BOUND, this::endOrNull));
        await("it waits", () -> waiters.waiting() == 1);

        assertThatThrownBy(() -> waiters.await("m", Deadline.after(Cluster.BOUND), () -> "found"))
                .isInstanceOf(TooManyException.class)
                .hasMessage("maxWaitingCalls: 1 calls wait for a route already");
        isEnd = true;
        waiters.wakeAll();
        assertThat(waiting.join()).isEqualTo("end");
    }

    private volatile boolean isEnd;

    private @Nullable String endOrNull() {
        return isEnd ? "end" : null;
    }

    @Test
    void nothingIsLeftOfAWaitHoweverItEnds() {
        wait(Duration.ofMillis(1), () -> null);
        assertThatThrownBy(() -> wait(Cluster.BOUND, () -> {
                    throw new IllegalStateException("thrown by a test");
                }))
                .hasMessage("thrown by a test");
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> wait(Cluster.BOUND, () -> null)).hasCauseInstanceOf(InterruptedException.class);

        assertThat(waiters.names()).isZero();
        assertThat(waiters.waiting()).isZero();
    }

    @Test
    void aWaitInsideAnotherOneOfTheSameThreadTakesNothingFromIt() {
        AtomicReference<@Nullable String> found = new AtomicReference<>();
        AtomicInteger asked = new AtomicInteger();
        CompletableFuture<@Nullable String> waiting = async(() -> {
            try {
                return waiters.watch("m", Deadline.after(Cluster.BOUND), () -> {
                    if (asked.getAndIncrement() == 0) {
                        inside();
                    }
                    return found.get();
                });
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        await("it waits inside", () -> waiters.waiting() == 1);
        isEnd = true;
        waiters.wakeAll();
        await("the wait inside is over", () -> waiters.waiting() == 0);
        await("it has looked twice, since it was woken meanwhile", () -> asked.get() >= 2);
        found.set("found");
        waiters.wakeAll();

        assertThat(waiting.join()).isEqualTo("found");
        assertThat(waiters.names()).isZero();
    }

    @Test
    void noWaitIsForgottenHoweverTheyComeAndGo() {
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        AtomicBoolean isOver = new AtomicBoolean();
        try (ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture<Void> waking = async(() -> {
                while (!isOver.get()) {
                    waiters.wakeAll();
                    LockSupport.parkNanos(100_000);
                }
                return null;
            });
            for (int i = 0; i < 100; i++) {
                threads.add(CompletableFuture.runAsync(this::comeAndGo, virtual));
            }
            threads.forEach(CompletableFuture::join);
            isOver.set(true);
            waking.join();
        }
        assertThat(waiters.names()).isZero();
    }

    @Test
    void aVirtualThreadIsWokenAtItsDeadlineAndSoAreThousands() {
        List<CompletableFuture<@Nullable String>> waits = new ArrayList<>();
        AtomicInteger early = new AtomicInteger();
        try (ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 5_000; i++) {
                String method = "m" + i % 3;
                Deadline deadline = Deadline.after(Duration.ofNanos(i * 100_000L));
                waits.add(CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                String found = waiters.watch(method, deadline, () -> null);
                                early.addAndGet(deadline.isReached() ? 0 : 1);
                                return found;
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        },
                        virtual));
            }
            assertThat(waits).allSatisfy(wait -> assertThat(wait.join()).isNull());
        }
        assertThat(early).hasValue(0);
        assertThat(waiters.names()).isZero();
    }

    private void comeAndGo() {
        for (int i = 0; i < 200; i++) {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            String method = "m" + random.nextInt(3);
            int looks = random.nextInt(1, 4);
            AtomicInteger looked = new AtomicInteger();
            try {
                waiters.watch(
                        method,
                        // the wake-ups of another thread alone end some of them
                        looks == 3
                                ? Deadline.after(Cluster.BOUND)
                                : Deadline.after(Duration.ofNanos(random.nextLong(5_000_000))),
                        () -> looked.incrementAndGet() >= looks ? "found" : null);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void inside() {
        wait(Cluster.BOUND, this::endOrNull);
        // of a wake-up that may have come for both
        LockSupport.parkNanos(1_000_000);
    }
}
