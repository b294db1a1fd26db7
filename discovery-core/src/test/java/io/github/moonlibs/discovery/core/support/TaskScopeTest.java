package io.github.moonlibs.discovery.core.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.Deadline;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One contract for every variant that this JVM can run: plain threads always, the JDK's own with the preview flag. */
@Timeout(300)
class TaskScopeTest {
    static Stream<TaskScope.Factory> variants() {
        return Stream.of(ThreadScope::new, TaskScopes.best());
    }

    @Test
    void theJdksOwnScopeServesWhereItsVariantCanBeLoaded() {
        boolean preview =
                ManagementFactory.getRuntimeMXBean().getInputArguments().contains("--enable-preview");
        boolean variant = TaskScopes.VARIANTS.contains(Runtime.version().feature());
        // a build that was told of no JDK has no variants; ./dev test tells of both
        boolean compiled = TaskScope.class.getResource(
                        "StructuredScope" + Runtime.version().feature() + ".class")
                != null;

        String kind;
        try (TaskScope scope = TaskScopes.best().open(null)) {
            kind = scope.getClass().getName();
        }
        assertThat(kind.contains("Structured")).isEqualTo(preview && variant && compiled);
        assertThat(kind.contains("ThreadScope")).isNotEqualTo(kind.contains("Structured"));
    }

    @ParameterizedTest
    @MethodSource("variants")
    void joinWaitsForEveryTask(TaskScope.Factory scopes) throws InterruptedException {
        Set<String> names = ConcurrentHashMap.newKeySet();
        try (TaskScope scope = scopes.open(null)) {
            for (int i = 0; i < 100; i++) {
                scope.fork("task " + i, () -> names.add(Thread.currentThread().getName()));
            }
            assertThat(scope.join()).isTrue();
        }
        assertThat(names).hasSize(100).contains("task 0", "task 99");
    }

    @ParameterizedTest
    @MethodSource("variants")
    void tasksRunAtTheSameTimeAndOnVirtualThreads(TaskScope.Factory scopes) throws InterruptedException {
        CountDownLatch all = new CountDownLatch(3);
        AtomicBoolean virtual = new AtomicBoolean(true);
        try (TaskScope scope = scopes.open(Deadline.after(Duration.ofSeconds(20)))) {
            for (int i = 0; i < 3; i++) {
                scope.fork("task", () -> {
                    virtual.compareAndSet(true, Thread.currentThread().isVirtual());
                    all.countDown();
                    awaitUninterrupted(all);
                });
            }
            assertThat(scope.join()).isTrue();
        }
        assertThat(virtual).isTrue();
    }

    @ParameterizedTest
    @MethodSource("variants")
    void tasksRunOnTheThreadsOfAFactory(TaskScope.Factory scopes) throws InterruptedException {
        List<Thread> made = new CopyOnWriteArrayList<>();
        List<Thread> ran = new CopyOnWriteArrayList<>();
        ThreadFactory factory = task -> {
            Thread thread = Thread.ofPlatform().daemon().unstarted(task);
            made.add(thread);
            return thread;
        };
        try (TaskScope scope = scopes.open(Deadline.after(Duration.ofSeconds(20)), factory)) {
            for (int i = 0; i < 3; i++) {
                scope.fork("task", () -> ran.add(Thread.currentThread()));
            }
            assertThat(scope.join()).isTrue();
        }
        assertThat(ran).hasSize(3).containsExactlyInAnyOrderElementsOf(made);
    }

    @ParameterizedTest
    @MethodSource("variants")
    void theDeadlineInterruptsWhatStillRuns(TaskScope.Factory scopes) throws InterruptedException {
        AtomicBoolean started = new AtomicBoolean();
        AtomicBoolean interrupted = new AtomicBoolean();
        // the JDK's own scope does not run a task that it gets after the deadline: there is another one, with more time
        for (Duration time = Duration.ofMillis(20); !started.get(); time = time.multipliedBy(2)) {
            Deadline deadline = Deadline.after(time);
            try (TaskScope scope = scopes.open(deadline)) {
                scope.fork("quick", () -> {});
                scope.fork("hangs", () -> {
                    started.set(true);
                    interrupted.set(hang());
                });
                assertThat(scope.join()).isFalse();
            }
            assertThat(deadline.isReached()).isTrue();
            assertThat(interrupted.get()).isEqualTo(started.get());
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void aDeadlineThatWasReachedAlreadyIsNoError(TaskScope.Factory scopes) throws InterruptedException {
        try (TaskScope scope = scopes.open(Deadline.after(Duration.ZERO))) {
            scope.fork("hangs", TaskScopeTest::hang);
            assertThat(scope.join()).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void anInterruptOfTheOwnerEndsTheTasksToo(TaskScope.Factory scopes) throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        AtomicBoolean taskInterrupted = new AtomicBoolean();
        AtomicBoolean ownerInterrupted = new AtomicBoolean();
        Thread owner = Thread.startVirtualThread(() -> {
            try (TaskScope scope = scopes.open(null)) {
                scope.fork("hangs", () -> {
                    running.countDown();
                    taskInterrupted.set(hang());
                });
                scope.join();
            } catch (InterruptedException e) {
                ownerInterrupted.set(true);
            }
        });
        running.await();
        owner.interrupt();
        owner.join();
        assertThat(ownerInterrupted).isTrue();
        assertThat(taskInterrupted).isTrue();
    }

    @ParameterizedTest
    @MethodSource("variants")
    void aScopeThatIsClosedWithoutJoiningInterruptsItsTasksAndWaitsForThem(TaskScope.Factory scopes)
            throws InterruptedException {
        for (Deadline deadline : new Deadline[] {null, Deadline.after(Duration.ofSeconds(20))}) {
            CountDownLatch running = new CountDownLatch(2);
            AtomicInteger interrupted = new AtomicInteger();
            try (TaskScope scope = scopes.open(deadline)) {
                for (int i = 0; i < 2; i++) {
                    scope.fork("hangs", () -> {
                        running.countDown();
                        interrupted.addAndGet(hang() ? 1 : 0);
                    });
                }
                running.await();
            }
            assertThat(interrupted).hasValue(2);
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void closingKeepsTheOwnersInterruptFlag(TaskScope.Factory scopes) {
        AtomicBoolean interrupted = new AtomicBoolean();
        try (TaskScope scope = scopes.open(null)) {
            scope.fork("hangs", () -> interrupted.set(hang()));
            Thread.currentThread().interrupt();
        }
        assertThat(Thread.interrupted()).isTrue();
        assertThat(interrupted).isTrue();
    }

    @ParameterizedTest
    @MethodSource("variants")
    void aTaskThatThrowsEndsNothingButItself(TaskScope.Factory scopes) throws InterruptedException {
        AtomicBoolean other = new AtomicBoolean();
        try (TaskScope scope = scopes.open(null)) {
            scope.fork("meant to throw, by a test", () -> {
                throw new IllegalStateException("thrown by a test");
            });
            scope.fork("other", () -> other.set(true));
            assertThat(scope.join()).isTrue();
        }
        assertThat(other).isTrue();
    }

    @ParameterizedTest
    @MethodSource("variants")
    void tasksInheritADeadlineWhereTheJdkCanPassItOn(TaskScope.Factory scopes) {
        AtomicReference<Deadline> seen = new AtomicReference<>();
        AtomicReference<String> kind = new AtomicReference<>("");
        Deadline bound = Deadline.after(Duration.ofHours(1));
        bound.run(() -> {
            try (TaskScope scope = scopes.open(null)) {
                kind.set(scope.getClass().getName());
                scope.fork("task", () -> seen.set(Deadline.current()));
                scope.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        // a scope of JDK 25 was compiled by the build that compiled the scoped value
        boolean passedOn = String.valueOf(kind.get()).contains("StructuredScope25");
        assertThat(seen.get()).isEqualTo(passedOn ? bound : null);
    }

    private static boolean hang() {
        try {
            new CountDownLatch(1).await();
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
