package io.github.moonlibs.discovery.etcd;

import io.github.moonlibs.discovery.etcd.EtcdTopology.Api;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** One endpoint of etcd, over as many APIs as it takes to find the topology there. */
final class Session implements AutoCloseable {
    private final String endpoint;
    private final EtcdOptions options;
    private final Map<Api, Store> stores = new EnumMap<>(Api.class);

    /** A place, and the keys that are there; possibly none. */
    record Found(Place place, SortedMap<String, String> keys) {
        boolean isEmpty() {
            return place.isEmpty(keys);
        }
    }

    Session(String endpoint, EtcdOptions options) {
        this.endpoint = endpoint;
        this.options = options;
    }

    String endpoint() {
        return endpoint;
    }

    /**
     * Reads the first of the places that holds anything; if none does, the first place.
     *
     * @param timeout for each place
     */
    Found find(List<Place> places, Duration timeout) throws EtcdFailure, InterruptedException {
        Found empty = null;
        EtcdFailure denied = null;
        EtcdFailure notSpoken = null;
        for (Place place : places) {
            try {
                Found found = new Found(place, store(place.api()).read(place.directories(), timeout));
                if (!found.isEmpty()) {
                    return found;
                }
                empty = empty == null ? found : empty;
            } catch (EtcdFailure.Denied e) {
                denied = denied == null ? e : denied;
            } catch (V2Rules.NotSpoken e) {
                notSpoken = e;
            }
        }
        // the place that may not be read may well be the right one
        if (denied != null) {
            throw denied;
        }
        if (empty == null) {
            throw notSpoken == null ? new EtcdFailure("etcd " + endpoint + ": expected a place to look at") : notSpoken;
        }
        return empty;
    }

    /** Waits until the place changes, and brings its keys up to date. */
    boolean awaitChange(Found found, Duration timeout) throws EtcdFailure, InterruptedException {
        return store(found.place().api()).awaitChange(found.keys(), timeout);
    }

    private Store store(Api api) throws EtcdFailure {
        @Nullable Store store = stores.get(api);
        if (store == null) {
            checkHost();
            store = api == Api.V2 ? new StoreV2(endpoint, options) : new StoreV3(endpoint, options);
            stores.put(api, store);
        }
        return store;
    }

    /** Both clients would report an unknown host, but gRPC also logs a stack trace every time. */
    private void checkHost() throws EtcdFailure {
        String host = endpoint.substring(0, endpoint.lastIndexOf(':'));
        try {
            InetAddress.getAllByName(host);
        } catch (UnknownHostException e) {
            throw new EtcdFailure("etcd " + endpoint + ": cannot be reached: the host " + host + " is not known");
        }
    }

    @Override
    public void close() {
        stores.values().forEach(Store::close);
    }
}
