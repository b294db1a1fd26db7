package io.github.moonlibs.discovery.core;

import static java.lang.System.Logger.Level.WARNING;

import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.spi.ClientObserver;
import java.lang.System.Logger;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A client's observers. Whatever one of them throws ends here, is logged once, and keeps nobody else from being told. */
final class Observers {
    private static final Logger LOG = System.getLogger("io.github.moonlibs.discovery");

    static final Observers NONE = new Observers(List.of());

    private final ClientObserver[] all;
    private final Set<ClientObserver> failed = ConcurrentHashMap.newKeySet();

    Observers(List<ClientObserver> all) {
        this.all = all.toArray(ClientObserver[]::new);
    }

    boolean isEmpty() {
        return all.length == 0;
    }

    void tell(Consumer<ClientObserver> news) {
        for (ClientObserver observer : all) {
            try {
                news.accept(observer);
            } catch (Throwable defect) {
                complain(observer, defect);
            }
        }
    }

    // the news of calls, told without an object for it

    void callStarted(String method) {
        for (ClientObserver observer : all) {
            try {
                observer.callStarted(method);
            } catch (Throwable defect) {
                complain(observer, defect);
            }
        }
    }

    void callEnded(
            String method,
            long nanos,
            @Nullable Instance answeredBy,
            int retries,
            int hedges,
            @Nullable Throwable failure) {
        for (ClientObserver observer : all) {
            try {
                observer.callEnded(method, nanos, answeredBy, retries, hedges, failure);
            } catch (Throwable defect) {
                complain(observer, defect);
            }
        }
    }

    void attemptEnded(String method, Instance node, long nanos, @Nullable Kind failure) {
        for (ClientObserver observer : all) {
            try {
                observer.attemptEnded(method, node, nanos, failure);
            } catch (Throwable defect) {
                complain(observer, defect);
            }
        }
    }

    private void complain(ClientObserver observer, Throwable defect) {
        if (failed.add(observer)) {
            LOG.log(WARNING, "observer " + observer.getClass().getName() + " failed; it is not logged again", defect);
        }
    }
}
