package io.github.moonlibs.discovery.etcd;

import java.time.Duration;
import java.util.List;
import java.util.SortedMap;

/** One endpoint of etcd, spoken to by one version of its API. For one thread. */
interface Store extends AutoCloseable {
    /**
     * Reads every key below the directories, and goes on from there: {@link #awaitChange} tells of what happens later.
     * Of directories after the first one that the user may not read counts as empty.
     *
     * @param directories each with a slash at its end
     * @return by full name
     */
    SortedMap<String, String> read(List<String> directories, Duration timeout) throws EtcdFailure, InterruptedException;

    /**
     * Waits until something below the directories changes, and applies to the keys what has changed by then.
     *
     * @return whether something has
     */
    boolean awaitChange(SortedMap<String, String> keys, Duration timeout) throws EtcdFailure, InterruptedException;

    /** Frees connections and threads at once. */
    @Override
    void close();
}
