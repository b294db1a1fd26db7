package io.github.moonlibs.discovery.core.transaction;

import io.github.moonlibs.discovery.core.call.Call;
import org.jspecify.annotations.Nullable;

/** What a client is notified of by a transaction; on the thread that uses it. */
public interface Reports {
    /** A request of it begins. */
    void begun(Call request);

    /** A request of it has ended. */
    void ended(Call request, @Nullable Throwable failure);

    /** It has ended. */
    void closed();
}
