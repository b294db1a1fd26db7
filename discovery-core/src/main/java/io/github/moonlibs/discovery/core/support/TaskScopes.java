package io.github.moonlibs.discovery.core.support;

import static java.lang.System.Logger.Level.ERROR;

import java.util.List;
import java.util.concurrent.Callable;

/**
 * Finds the kind of scope that this JVM can run: the variant compiled for exactly this JDK, if the JVM was started with
 * preview classes allowed, else plain threads.
 */
public final class TaskScopes {
    private static final Log LOG = Log.ofCore();

    /** The JDKs that a variant is compiled for; its class is named after its JDK. */
    static final List<Integer> VARIANTS = List.of(21, 25);

    private static final TaskScope.Factory BEST = find();

    private TaskScopes() {}

    public static TaskScope.Factory best() {
        return BEST;
    }

    private static TaskScope.Factory find() {
        int jdk = Runtime.version().feature();
        if (VARIANTS.contains(jdk)) {
            try {
                Class<?> variant = Class.forName(TaskScopes.class.getPackageName() + ".StructuredScope" + jdk);
                return (TaskScope.Factory)
                        ((Callable<?>) variant.getDeclaredConstructor().newInstance()).call();
            } catch (ClassNotFoundException | UnsupportedClassVersionError noVariantOrNoPreview) {
                return ThreadScope::new;
            } catch (Exception e) {
                throw new IllegalStateException("the task scope for JDK " + jdk + " is broken", e);
            }
        }
        return ThreadScope::new;
    }

    /** The task under its name, with what it throws logged: a scope hands no failure to anybody. */
    static Runnable named(String name, Runnable task) {
        return () -> {
            Thread.currentThread().setName(name);
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                LOG.log(ERROR, name + " ended by a defect of this library or a plug-in", e);
            }
        };
    }

    /** Something that waits. */
    public interface Wait {
        void run() throws InterruptedException;
    }

    /** Waits to the end, and sets the interrupt flag again that was set before or came meanwhile. */
    public static void uninterrupted(Wait wait) {
        boolean interrupted = Thread.interrupted();
        while (true) {
            try {
                wait.run();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
