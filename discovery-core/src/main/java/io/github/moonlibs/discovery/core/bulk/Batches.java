package io.github.moonlibs.discovery.core.bulk;

import io.github.moonlibs.discovery.core.node.Session;
import io.github.moonlibs.discovery.spi.Transport.Batch;
import io.github.moonlibs.discovery.spi.Transport.BatchingConnection;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The requests that are gathered for each connection. Used by one thread. */
final class Batches {
    /** So many requests of one connection are sent at once. */
    private static final int LARGE = 128;

    /** The requests of one connection. */
    static final class Gathered {
        final Batch batch;
        int count;

        Gathered(Batch batch) {
            this.batch = batch;
        }
    }

    private final IdentityHashMap<Session, Gathered> bySession = new IdentityHashMap<>();
    private final List<Gathered> filled = new ArrayList<>();

    /** Of the session's connection; null if that gathers none. */
    @Nullable
    Gathered of(Session session) {
        Gathered present = bySession.get(session);
        if (present == null) {
            BatchingConnection able = session.batching();
            if (able == null) {
                return null;
            }
            present = new Gathered(able.batch());
            bySession.put(session, present);
        }
        return present;
    }

    /** A request was added. */
    void added(Gathered gathered) {
        if (gathered.count++ == 0) {
            filled.add(gathered);
        } else if (gathered.count >= LARGE) {
            gathered.batch.send();
            // stays among those that are filled
            gathered.count = 1;
        }
    }

    /** Sends all. */
    void send() {
        for (Gathered gathered : filled) {
            gathered.count = 0;
            gathered.batch.send();
        }
        filled.clear();
    }
}
