package io.github.moonlibs.discovery.etcd;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.spi.TopologySource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A topology in etcd: a tree of scalars, or the YAML documents of Tarantool 3, read and watched over etcd's API v3 or v2.
 * Thread-safe; each call of {@link #follow} has its own connections.
 *
 * <p>A change in etcd is published within about 100 ms. While etcd is unreachable, or its data is
 * malformed, the last good set stays, and the reason is reported once.
 */
public final class EtcdTopology implements TopologySource {
    /** How instances are stored in etcd. */
    public enum Layout {
        /** Detected: YAML documents, then a tree. */
        AUTO,
        /** A directory for each instance, with a key for each scalar. */
        TREE,
        /** Every key below {@code config/} holds a YAML document of Tarantool 3's configuration. */
        YAML
    }

    /** Which of etcd's APIs to use. Neither sees the other's data. */
    public enum Api {
        /** Detected: v3, then v2. */
        AUTO,
        /** gRPC; etcd 3.0 and newer. */
        V3,
        /** JSON over HTTP, for the tree only; up to etcd 3.5, and from 3.4 on only with {@code --enable-v2}. */
        V2
    }

    private final EtcdOptions options;
    private final LastGood good = new LastGood();

    private EtcdTopology(EtcdOptions options) {
        this.options = options;
    }

    /** Starts a builder. Endpoints and a prefix are required. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Reads a URI such as {@code etcd://10.0.0.1:2379,10.0.0.2:2379/path/to/instances?cluster=main&refresh=30s}. Its
     * parameters are {@code user}, {@code password}, {@code layout}, {@code api}, {@code cluster}, {@code group},
     * {@code replicaset}, {@code label.<name>}, {@code tarantool}, {@code refresh}, {@code tls}, {@code ca}, {@code cert}, {@code key},
     * {@code namespace} and {@code cache}, each the same as the builder's method. Path and values may be percent-encoded.
     *
     * @throws IllegalArgumentException if the URI is wrong; the message says what was expected, and never contains the password
     */
    public static EtcdTopology of(String uri) {
        return EtcdUri.parse(uri).build();
    }

    @Override
    public void follow(Sink sink) throws InterruptedException {
        new Follower(options, sink, new SplittableRandom(), good).follow();
    }

    /** The URI without secrets. */
    @Override
    public String toString() {
        return options.toString();
    }

    /** Collects what to read, and from where. Each option is checked when it is set. Not thread-safe. */
    public static final class Builder {
        private final List<String> endpoints = new ArrayList<>();
        private final Map<String, String> labels = new LinkedHashMap<>();
        private @Nullable String prefix;
        private @Nullable String user;
        private String password = "";
        private Layout layout = Layout.AUTO;
        private Api api = Api.AUTO;
        private String namespace = "";
        private String tarantoolVersion = Conditions.NEWEST;
        private Duration refresh = Duration.ofSeconds(30);
        private boolean tls;
        private @Nullable Path ca;
        private @Nullable Path certificate;
        private @Nullable Path key;
        private @Nullable Path cache;

        private Builder() {}

        /** Adds endpoints of one etcd cluster: {@code host}, {@code host:port} or {@code [v6]:port}. Default port: 2379. */
        public Builder endpoints(String... endpoints) {
            for (String endpoint : endpoints) {
                boolean portless = endpoint.endsWith("]") || endpoint.indexOf(':') < 0;
                Endpoint parsed = Endpoint.parse(portless ? endpoint + ":2379" : endpoint);
                if (parsed.host() == null || parsed.user() != null) {
                    throw new IllegalArgumentException("etcd endpoint " + parsed.address()
                            + ": expected host:port alone; the user goes into its own parameter");
                }
                this.endpoints.add(parsed.address());
            }
            return this;
        }

        /**
         * Where the data is. For a tree, the directory of the instances; for YAML, what comes before {@code /config/}.
         * Starts with a slash; one at the end makes no difference.
         */
        public Builder prefix(String prefix) {
            if (!prefix.startsWith("/")) {
                throw new IllegalArgumentException(
                        "etcd prefix: expected a path such as /path/to/instances, which begins with a slash");
            }
            int end = prefix.length();
            while (end > 0 && prefix.charAt(end - 1) == '/') {
                end--;
            }
            this.prefix = prefix.substring(0, end);
            return this;
        }

        /** The user to log in to etcd as. Default: no login. */
        public Builder credentials(String user, String password) {
            if (user.isEmpty()) {
                throw new IllegalArgumentException("etcd user: expected a name, got an empty string");
            }
            this.user = user;
            this.password = password;
            return this;
        }

        /** How the instances are stored. Default: detected, and kept for as long as there is something in it. */
        public Builder layout(Layout layout) {
            this.layout = layout;
            return this;
        }

        /** Which API to use. Default: detected, v3 first. */
        public Builder api(Api api) {
            this.api = api;
            return this;
        }

        /** Takes only the instances of one cluster, for a tree that holds several. Default: all. */
        public Builder cluster(String name) {
            return label("cluster", name);
        }

        /** Takes only the instances of one group of a YAML configuration. Default: all. */
        public Builder group(String name) {
            return label("group", name);
        }

        /** Takes only the instances of one replicaset of a YAML configuration. Default: all. */
        public Builder replicaset(String name) {
            return label("replicaset", name);
        }

        /** Takes only the instances that carry this label. Several labels must all match. */
        public Builder label(String name, String value) {
            labels.put(name, value);
            return this;
        }

        /**
         * Which version of Tarantool the servers run, such as {@code 3.1.0}. The conditional sections of a YAML
         * configuration apply as they do there. Default: newer than every Tarantool 3.
         */
        public Builder tarantoolVersion(String version) {
            if (!Conditions.isVersion(version)) {
                throw new IllegalArgumentException("tarantool version: expected three numbers such as 3.1.0, got \""
                        + Causes.shortened(version) + "\"");
            }
            tarantoolVersion = version;
            return this;
        }

        /** How often everything is read again, even if no change was seen. Default: 30 s; at least 1 s. */
        public Builder refreshInterval(Duration interval) {
            if (interval.compareTo(Duration.ofSeconds(1)) < 0 || interval.toDays() > 365) {
                throw new IllegalArgumentException(
                        "etcd refresh interval " + interval + ": expected at least 1 s and at most a year");
            }
            refresh = interval;
            return this;
        }

        /** Uses TLS and trusts the JDK's authorities, unless {@link #trust} says otherwise. Default: no TLS. */
        public Builder tls() {
            tls = true;
            return this;
        }

        /** Uses TLS and trusts only the authorities of this PEM file. The file is read at every connect. */
        public Builder trust(Path ca) {
            this.ca = ca;
            return tls();
        }

        /** Uses TLS and presents this certificate. Both files are PEM, the key in PKCS #8 without a passphrase. */
        public Builder identity(Path certificate, Path key) {
            this.certificate = certificate;
            this.key = key;
            return tls();
        }

        /** What precedes the prefix in etcd's keys, like the namespace of an etcd client; API v3 only. Default: nothing. */
        public Builder namespace(String namespace) {
            this.namespace = namespace;
            return this;
        }

        /**
         * Keeps the last good topology in this file, readable only by its owner, and starts from it if etcd is unreachable.
         * Its directory must exist. Default: none.
         */
        public Builder cacheFile(Path file) {
            cache = file;
            return this;
        }

        /**
         * Builds the topology. It does not connect to anything yet.
         *
         * @throws IllegalArgumentException if endpoints or prefix are missing, or two options exclude each other
         */
        public EtcdTopology build() {
            return new EtcdTopology(options());
        }

        EtcdOptions options() {
            if (endpoints.isEmpty() || prefix == null) {
                throw new IllegalArgumentException(
                        "etcd topology: expected endpoints and a prefix, as in " + EtcdUri.EXAMPLE);
            }
            if (api == Api.V2 && (layout == Layout.YAML || !namespace.isEmpty())) {
                throw new IllegalArgumentException("etcd topology: API v2 has neither YAML documents nor namespaces;"
                        + " expected api=v3, or layout=tree without a namespace");
            }
            EtcdOptions.Tls files = tls ? new EtcdOptions.Tls(ca, certificate, key) : null;
            return new EtcdOptions(
                    List.copyOf(endpoints),
                    prefix,
                    user,
                    password,
                    layout,
                    api,
                    namespace,
                    new Selection(labels),
                    tarantoolVersion,
                    refresh,
                    files,
                    cache);
        }
    }
}
