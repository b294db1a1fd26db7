package io.github.moonlibs.discovery.etcd;

import java.time.Duration;
import java.util.List;
import java.util.SortedMap;

/** One endpoint of etcd, over one version of its API. For one thread. */
interface Store extends AutoCloseable {
    /**
     * Reads every key below the directories. {@link #awaitChange} continues from there. A directory after the first one
     * counts as empty if the user may not read it.
     *
     * @param directories each with a slash at its end
     * @return the values by full name
     */
    SortedMap<String, String> read(List<String> directories, Duration timeout) throws EtcdFailure, InterruptedException;

    /**
     * Waits until something below the directories changes, and applies all changes so far to the keys.
     *
     * @return whether something has changed
     */
    boolean awaitChange(SortedMap<String, String> keys, Duration timeout) throws EtcdFailure, InterruptedException;

    /** Frees connections and threads at once. */
    @Override
    void close();
}
