package io.github.moonlibs.discovery.core.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SupervisorTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Supervisor supervisor = new Supervisor(ThreadScope::new);

    private void awaitTask() throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(1);
        supervisor.start("task", ran::countDown);
        assertThat(ran.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void anInterruptByOtherCodeEndsNothing() throws InterruptedException {
        awaitTask();
        Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("discovery-supervisor"))
                .forEach(Thread::interrupt);

        awaitTask();
        assertThat(supervisor.end(PATIENCE)).isTrue();
    }
}
