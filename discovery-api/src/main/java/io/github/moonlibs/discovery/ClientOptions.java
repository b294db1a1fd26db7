package io.github.moonlibs.discovery;

import io.github.moonlibs.discovery.spi.ClientObserver;
import io.github.moonlibs.discovery.spi.TopologySource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How a client is set up. Immutable and thread-safe. What each option means is said at the {@link Builder}'s method of
 * the same name.
 *
 * @param topology the URI of the topology; a description of {@code source} where that is set
 * @param source the source itself, where it was given instead of a URI
 * @param user whom to log in as where an endpoint does not say; null: as guest
 * @param password the user's
 * @param ssl how to speak TLS; null: in the clear
 * @param discoveryProcedure what every node is asked
 * @param discoveryInterval from one announcement to the next question
 * @param discoveryTimeout for one announcement
 * @param announcementMaxAge how long an announcement counts while the server answers others, but not the question for the
 *     next one
 * @param connectTimeout for connecting and logging in
 * @param reconnectDelay before the first attempt to reconnect; null: never
 * @param startTimeout how long opening the client may wait for the first node; zero: it does not wait
 * @param drainTimeout how long calls in flight may keep a connection that is to be closed
 * @param maxWaitingCalls how many calls may wait for a route at a time
 * @param maxInFlightPerNode how many attempts may be under way on a node at a time
 * @param maxReplySize the largest reply that is read, in bytes
 * @param retryBudget how many extra attempts may be made
 * @param strategy the name of the weight strategy
 * @param methodStrategies the names of other strategies, by the methods that they are for
 * @param slowStart how long a node that joins or comes back takes to its full share; zero: no time
 * @param outliers when a node is ejected because of how its calls end
 * @param acceptEmptyTopology whether an empty topology removes every node
 * @param callOptions for calls that bring none
 * @param observers who is told what happens
 */
public record ClientOptions(
        String topology,
        @Nullable TopologySource source,
        @Nullable String user,
        @Nullable String password,
        @Nullable SSLContext ssl,
        String discoveryProcedure,
        Duration discoveryInterval,
        Duration discoveryTimeout,
        Duration announcementMaxAge,
        Duration connectTimeout,
        @Nullable Duration reconnectDelay,
        Duration startTimeout,
        Duration drainTimeout,
        int maxWaitingCalls,
        int maxInFlightPerNode,
        int maxReplySize,
        RetryBudget retryBudget,
        String strategy,
        Map<String, String> methodStrategies,
        Duration slowStart,
        OutlierPolicy outliers,
        boolean acceptEmptyTopology,
        CallOptions callOptions,
        List<ClientObserver> observers) {
    /** Copies the map and the list. */
    public ClientOptions {
        methodStrategies = Collections.unmodifiableMap(new LinkedHashMap<>(methodStrategies));
        observers = List.copyOf(observers);
    }

    /** What tells one client from another. Of a topology's URI the scheme alone: the rest may hold passwords. */
    @Override
    public String toString() {
        String from = source == null ? topology.substring(0, topology.indexOf(':') + 1) + "…" : topology;
        return "topology " + from + ", user " + (user == null ? "guest" : user) + ", strategy " + strategy;
    }

    static Duration positive(String option, Duration value) {
        if (value.isNegative() || value.isZero() || value.toDays() > 36_524) {
            throw new IllegalArgumentException(
                    option + ": expected a time above zero and under a century, got " + value);
        }
        return value;
    }

    private static int atLeast(String option, int least, int value) {
        if (value < least) {
            throw new IllegalArgumentException(option + ": expected at least " + least + ", got " + value);
        }
        return value;
    }

    private static String notEmpty(String option, String value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException(option + ": expected a name, got an empty string");
        }
        return value;
    }

    /**
     * Collects options and checks each as it comes. Not thread-safe.
     *
     * @see DiscoveryClient#builder()
     */
    public static final class Builder {
        private String topology = "";
        private @Nullable TopologySource source;
        private @Nullable String user;
        private @Nullable String password;
        private @Nullable SSLContext ssl;
        private String discoveryProcedure = "api.discovery";
        private Duration discoveryInterval = Duration.ofMillis(100);
        private Duration discoveryTimeout = Duration.ofSeconds(1);
        private Duration announcementMaxAge = Duration.ofSeconds(10);
        private Duration connectTimeout = Duration.ofSeconds(3);
        private @Nullable Duration reconnectDelay = Duration.ofMillis(300);
        private Duration startTimeout = Duration.ofSeconds(10);
        private Duration drainTimeout = Duration.ofSeconds(30);
        private int maxWaitingCalls = Integer.MAX_VALUE;
        private int maxInFlightPerNode = Integer.MAX_VALUE;
        private int maxReplySize = 64 << 20;
        private RetryBudget retryBudget = RetryBudget.defaults();
        private String strategy = "weighted-random";
        private final Map<String, String> methodStrategies = new LinkedHashMap<>();
        private Duration slowStart = Duration.ofSeconds(10);
        private OutlierPolicy outliers = OutlierPolicy.defaults();
        private boolean acceptEmptyTopology;
        private CallOptions callOptions = CallOptions.defaults();
        private final List<ClientObserver> observers = new ArrayList<>();

        Builder() {}

        /**
         * Where the instances are: a URI whose scheme names a topology source, for example {@code
         * static:10.0.0.1:3301,10.0.0.2:3301}. This, {@link #endpoints} or {@link #source} is required.
         */
        public Builder topology(String uri) {
            topology = notEmpty("topology", uri);
            source = null;
            return this;
        }

        /** The instances themselves, a shorthand for the topology {@code static:}; each as in {@link Endpoint#parse}. */
        public Builder endpoints(String... endpoints) {
            return topology(Arrays.stream(endpoints).collect(Collectors.joining(",", "static:", "")));
        }

        /** A topology source made by the application. The client follows it, and ends following it when it is closed. */
        public Builder source(TopologySource source) {
            this.source = source;
            topology = source.toString();
            return this;
        }

        /** Whom to log in as where an endpoint does not say itself. Default: nobody, the server's guest. */
        public Builder credentials(String user, String password) {
            this.user = notEmpty("user", user);
            this.password = password;
            return this;
        }

        /** Speaks TLS with every TCP endpoint and checks that the certificate is the host's. Default: in the clear. */
        public Builder ssl(SSLContext context) {
            ssl = context;
            return this;
        }

        /** The procedure that announces what a node serves. Default: {@code api.discovery}. */
        public Builder discoveryProcedure(String name) {
            discoveryProcedure = notEmpty("discoveryProcedure", name);
            return this;
        }

        /** How often every node is asked what it serves, jittered by ±10 %. Default: 100 ms. */
        public Builder discoveryInterval(Duration interval) {
            discoveryInterval = positive("discoveryInterval", interval);
            return this;
        }

        /**
         * How long an announcement may take. Then, if nothing at all has arrived since it was asked for, the node leaves the
         * routing, and its connection is replaced; calls in flight on it go on. Default: 1 s.
         */
        public Builder discoveryTimeout(Duration timeout) {
            discoveryTimeout = positive("discoveryTimeout", timeout);
            return this;
        }

        /**
         * How long a node's last announcement counts while the next one is late, but other replies arrive: a busy server
         * stays in the routing for so long. Default: 10 s.
         */
        public Builder announcementMaxAge(Duration age) {
            announcementMaxAge = positive("announcementMaxAge", age);
            return this;
        }

        /** How long resolving the name, connecting and logging in may take together. Default: 3 s. */
        public Builder connectTimeout(Duration timeout) {
            connectTimeout = positive("connectTimeout", timeout);
            return this;
        }

        /**
         * How long to wait before a lost connection is established again; jittered, and growing to ten times this
         * while it keeps failing. Default: 300 ms.
         */
        public Builder reconnectDelay(Duration delay) {
            reconnectDelay = positive("reconnectDelay", delay);
            return this;
        }

        /** Leaves a node alone once its connection failed or was lost. */
        public Builder neverReconnect() {
            reconnectDelay = null;
            return this;
        }

        /**
         * How long {@link #connect} may wait for the first node to announce what it serves. It returns earlier when one
         * has, or when every node, or the topology source, has failed once, and throws in neither case: the first calls
         * wait for their route then. An interrupt ends the wait and leaves the thread interrupted. Zero: it does not
         * wait, and what a cold process has to load comes out of the first call's deadline. Default: 10 s.
         */
        public Builder startTimeout(Duration timeout) {
            startTimeout = timeout.isZero() ? timeout : positive("startTimeout", timeout);
            return this;
        }

        /** How long calls in flight may keep the connection of a removed node, or a closing client. Default: 30 s. */
        public Builder drainTimeout(Duration timeout) {
            drainTimeout = positive("drainTimeout", timeout);
            return this;
        }

        /** How many calls may wait for a route at a time; one more fails at once. 0: none. Default: no bound. */
        public Builder maxWaitingCalls(int calls) {
            maxWaitingCalls = atLeast("maxWaitingCalls", 0, calls);
            return this;
        }

        /**
         * How many attempts may be under way on a node at a time. A node at its bound is passed over for another one; when
         * all that could take a call are, it fails at once with {@link OverloadedException}: a queue in front of busy
         * servers would only add to what their callers wait. Default: no bound.
         */
        public Builder maxInFlightPerNode(int attempts) {
            maxInFlightPerNode = atLeast("maxInFlightPerNode", 1, attempts);
            return this;
        }

        /** The largest reply that is read, in bytes; a larger one ends the connection. Default: 64 MiB. */
        public Builder maxReplySize(int bytes) {
            maxReplySize = atLeast("maxReplySize", 1_024, bytes);
            return this;
        }

        /** How many retries and hedges there may be, over all calls. Default: {@link RetryBudget#defaults()}. */
        public Builder retryBudget(RetryBudget budget) {
            retryBudget = budget;
            return this;
        }

        /**
         * The weight strategy, by name: {@code weighted-random}, {@code round-robin}, {@code least-loaded}, {@code
         * peak-ewma}, one of these inside {@code zone-aware(…)}, or a plug-in's. Default: {@code weighted-random}.
         */
        public Builder strategy(String name) {
            strategy = notEmpty("strategy", name);
            return this;
        }

        /**
         * Another weight strategy for some methods.
         *
         * @param methods a method's name, or the beginning of some followed by {@code *}; the name itself counts before
         *     any beginning, and a longer beginning before a shorter one
         */
        public Builder strategy(String methods, String name) {
            methodStrategies.put(notEmpty("strategy", methods), notEmpty("strategy", name));
            return this;
        }

        /**
         * How long a node that joins or comes back takes to its full share: it begins with a tenth, so that its caches
         * fill before all calls come. Measured against the node that has served longest, so that a client's own start
         * changes no share. Zero: its full share at once. Default: 10 s.
         */
        public Builder slowStart(Duration window) {
            slowStart = window.isZero() ? window : positive("slowStart", window);
            return this;
        }

        /** When a node is ejected because of how its calls end. Default: {@link OutlierPolicy#defaults()}. */
        public Builder outliers(OutlierPolicy policy) {
            outliers = policy;
            return this;
        }

        /**
         * Whether a source that says that there are no instances is believed. Default: no; the last instances stay,
         * because an empty listing is far more often a mistake than a wish.
         */
        public Builder acceptEmptyTopology(boolean accept) {
            acceptEmptyTopology = accept;
            return this;
        }

        /** How calls are made that bring no options of their own. Default: {@link CallOptions#defaults()}. */
        public Builder callOptions(CallOptions options) {
            callOptions = options;
            return this;
        }

        /** Lets this one, too, be told what happens. Default: nobody is. */
        public Builder observer(ClientObserver observer) {
            observers.add(observer);
            return this;
        }

        /**
         * The options as they are now.
         *
         * @throws IllegalArgumentException if no topology was given
         */
        public ClientOptions build() {
            if (topology.isEmpty()) {
                throw new IllegalArgumentException(
                        "topology: expected a URI such as static:10.0.0.1:3301,10.0.0.2:3301, got nothing");
            }
            return new ClientOptions(
                    topology,
                    source,
                    user,
                    password,
                    ssl,
                    discoveryProcedure,
                    discoveryInterval,
                    discoveryTimeout,
                    announcementMaxAge,
                    connectTimeout,
                    reconnectDelay,
                    startTimeout,
                    drainTimeout,
                    maxWaitingCalls,
                    maxInFlightPerNode,
                    maxReplySize,
                    retryBudget,
                    strategy,
                    methodStrategies,
                    slowStart,
                    outliers,
                    acceptEmptyTopology,
                    callOptions,
                    observers);
        }

        /**
         * Opens a client with these options. It connects in the background, and waits until the first node serves or
         * all have failed once, at most for the {@link #startTimeout}. Servers that are away are no error.
         *
         * @throws IllegalArgumentException if an option is wrong: an unknown URI scheme, strategy, or address
         * @throws IllegalStateException if no implementation is on the class path or module path
         */
        public DiscoveryClient connect() {
            return DiscoveryClient.connect(build());
        }
    }
}
