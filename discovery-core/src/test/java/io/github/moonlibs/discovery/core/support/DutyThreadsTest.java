package io.github.moonlibs.discovery.core.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DutyThreadsTest {
    private final DutyThreads threads = new DutyThreads();
    private final List<Thread> started = new ArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);

    @AfterEach
    void end() throws InterruptedException {
        over.countDown();
        for (Thread thread : started) {
            thread.join();
        }
    }

    private Thread start(CountDownLatch until) {
        Thread thread = threads.newThread(() -> {
            try {
                until.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        thread.start();
        started.add(thread);
        return thread;
    }

    @Test
    void theFirstOnesAreOfThePlatformAndKeepNoJvmAlive() {
        for (int i = 0; i < DutyThreads.PLATFORM; i++) {
            Thread thread = start(over);
            assertThat(thread.isVirtual()).isFalse();
            assertThat(thread.isDaemon()).isTrue();
        }
        assertThat(start(over).isVirtual()).isTrue();
    }

    @Test
    void oneThatHasEndedMakesRoomForAnother() throws InterruptedException {
        CountDownLatch first = new CountDownLatch(1);
        Thread ending = start(first);
        for (int i = 1; i < DutyThreads.PLATFORM; i++) {
            start(over);
        }
        assertThat(start(over).isVirtual()).isTrue();

        first.countDown();
        ending.join();

        assertThat(start(over).isVirtual()).isFalse();
    }

    /** As where the system allows no more threads. */
    @Test
    void afterThreeThatCouldNotBeStartedTheNextOneIsVirtual() {
        for (int i = 0; i < 3; i++) {
            assertThat(threads.newThread(() -> {}).isVirtual()).isFalse();
        }
        assertThat(start(over).isVirtual()).isTrue();
        assertThat(start(over).isVirtual()).isFalse();
    }
}
