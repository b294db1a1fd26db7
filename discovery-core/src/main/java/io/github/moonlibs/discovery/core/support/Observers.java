package io.github.moonlibs.discovery.core.support;

import static java.lang.System.Logger.Level.WARNING;

import io.github.moonlibs.discovery.spi.ClientObserver;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * A client's observers. What one of them throws is logged once, and keeps the event from none of the others. While they
 * run, the thread counts as being in a callback ({@link Callbacks}).
 */
public final class Observers {
    private static final Log LOG = Log.ofCore();

    public static final Observers NONE = new Observers(List.of());

    private final ClientObserver[] all;
    private final Set<ClientObserver> failed = ConcurrentHashMap.newKeySet();

    public Observers(List<ClientObserver> all) {
        this.all = all.toArray(ClientObserver[]::new);
    }

    public boolean isEmpty() {
        return all.length == 0;
    }

    /** Reports an event, which is made only if there is an observer. */
    public <E> void report(BiConsumer<ClientObserver, E> method, Supplier<E> event) {
        if (!isEmpty()) {
            reportToAll(method, event.get());
        }
    }

    private <E> void reportToAll(BiConsumer<ClientObserver, E> method, E event) {
        Callbacks.run(this, () -> {
            for (ClientObserver observer : all) {
                try {
                    method.accept(observer, event);
                } catch (Throwable defect) {
                    complain(observer, defect);
                }
            }
        });
    }

    private void complain(ClientObserver observer, Throwable defect) {
        if (failed.add(observer)) {
            LOG.log(WARNING, "observer " + observer.getClass().getName() + " failed; it is not logged again", defect);
        }
    }
}
