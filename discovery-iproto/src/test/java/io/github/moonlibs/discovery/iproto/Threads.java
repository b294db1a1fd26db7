package io.github.moonlibs.discovery.iproto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Which threads there are, virtual ones included, and waiting for them. */
public final class Threads {
    /** In seconds: how long anything is waited for that has to come. Far longer than it takes on the busiest machine. */
    public static final long BOUND = 60;

    private Threads() {}

    /**
     * The names of all threads that contain the text. They come from the JDK's own list, by reflection. A dump also has virtual
     * threads, but JDK 25 may crash when it walks the stack of a thread that carries a virtual one.
     */
    public static List<String> named(String text) {
        try {
            Class<?> type = Class.forName("jdk.internal.vm.ThreadContainer");
            Object root = Class.forName("jdk.internal.vm.ThreadContainers")
                    .getMethod("root")
                    .invoke(null);
            List<String> names = new ArrayList<>();
            Deque<Object> containers = new ArrayDeque<>(List.of(root));
            while (!containers.isEmpty()) {
                Object container = containers.remove();
                ((Stream<?>) type.getMethod("threads").invoke(container))
                        .map(thread -> ((Thread) thread).getName())
                        .filter(name -> name.contains(text))
                        .forEach(names::add);
                ((Stream<?>) type.getMethod("children").invoke(container)).forEach(containers::add);
            }
            return names;
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    /** Waits for it, for at most {@link #BOUND}. */
    public static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOUND);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waiting for: " + what).isLessThan(end);
            LockSupport.parkNanos(100_000);
        }
    }

    public static void awaitNone(String text) throws InterruptedException {
        await("no thread named " + text, () -> named(text).isEmpty());
    }
}
