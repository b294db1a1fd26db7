package io.github.moonlibs.discovery;

import io.github.moonlibs.discovery.options.Checks;
import io.github.moonlibs.discovery.spi.ClientObserver;
import io.github.moonlibs.discovery.spi.TopologySource;
import io.github.moonlibs.discovery.spi.ValueConverter;
import io.github.moonlibs.discovery.text.SafeText;
import io.github.moonlibs.discovery.types.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How a client is set up. Immutable and thread-safe. The {@link Builder}'s method of the same name says what each option
 * means, and checks it.
 *
 * <p>An option is a field, a setter and an accessor, which only together are worth reading: that is why this file is long.
 */
public final class ClientOptions {
    /** A copy that nothing else refers to, and that is never changed. */
    private final Builder set;

    private ClientOptions(Builder set) {
        this.set = set;
    }

    /** The defaults, to be changed. {@link DiscoveryClient#builder()} is the same. */
    public static Builder builder() {
        return new Builder();
    }

    /** These options, to be changed for another client. */
    public Builder toBuilder() {
        return new Builder(set);
    }

    /** The URI of the topology; the source's description if {@link #source} isn't null. */
    public String topology() {
        return set.topology;
    }

    /** The source that was given instead of a URI, or null. */
    public @Nullable TopologySource source() {
        return set.source;
    }

    /** What is asked at every login whom to log in as where an endpoint names no user; null: the server's guest. */
    public @Nullable Supplier<Credentials> credentials() {
        return set.credentials;
    }

    /** What is asked at every connect how to speak TLS; null: in the clear, unless an endpoint says otherwise. */
    public @Nullable Supplier<SSLContext> ssl() {
        return set.ssl;
    }

    /** The procedure that announces what a node serves. */
    public String discoveryProcedure() {
        return set.discoveryProcedure;
    }

    /** The time from a node's announcement to the next question for one. */
    public Duration discoveryInterval() {
        return set.discoveryInterval;
    }

    /** The time from one question to the next for a server that pushes its announcements. */
    public Duration heartbeatInterval() {
        return set.heartbeatInterval;
    }

    /** How long an announcement may take. */
    public Duration discoveryTimeout() {
        return set.discoveryTimeout;
    }

    /** How long an announcement counts while the server answers other requests, but not the question for the next one. */
    public Duration announcementMaxAge() {
        return set.announcementMaxAge;
    }

    /** How long connecting and logging in may take. */
    public Duration connectTimeout() {
        return set.connectTimeout;
    }

    /** The pause before the first attempt to reconnect; null: never. */
    public @Nullable Duration reconnectDelay() {
        return set.reconnectDelay;
    }

    /** How long opening the client may wait for the first node; zero: it doesn't wait. */
    public Duration startTimeout() {
        return set.startTimeout;
    }

    /** How long calls in flight may keep a connection that is to be closed. */
    public Duration drainTimeout() {
        return set.drainTimeout;
    }

    /** How many calls may wait for a route at a time; {@link Integer#MAX_VALUE}: any number. */
    public int maxWaitingCalls() {
        return set.maxWaitingCalls;
    }

    /** How many attempts may be under way on a node at a time. */
    public int maxInFlightPerNode() {
        return set.maxInFlightPerNode;
    }

    /** The largest reply that is read, in bytes. */
    public int maxReplySize() {
        return set.maxReplySize;
    }

    /** How many threads read from the connections. */
    public int ioThreads() {
        return set.ioThreads;
    }

    /** How many retries and hedges may be made. */
    public RetryBudget retryBudget() {
        return set.retryBudget;
    }

    /** The name of the weight strategy. */
    public String strategy() {
        return set.strategy;
    }

    /** The names of other weight strategies, by the methods that they are for. Unmodifiable. */
    public Map<String, String> methodStrategies() {
        return Collections.unmodifiableMap(set.methodStrategies);
    }

    /** The rules by which nodes serve methods that they don't announce; empty: they announce them. Unmodifiable. */
    public List<MethodRule> rules() {
        return List.copyOf(set.rules.values());
    }

    /** How long a node that joins or comes back takes to its full share; zero: no time. */
    public Duration slowStart() {
        return set.slowStart;
    }

    /** When a node is ejected because of how its calls end. */
    public OutlierPolicy outliers() {
        return set.outliers;
    }

    /** Whether an empty topology removes every node. */
    public boolean acceptEmptyTopology() {
        return set.acceptEmptyTopology;
    }

    /** The options of calls that bring none. */
    public CallOptions callOptions() {
        return set.callOptions;
    }

    /** What components of records are called on the servers. */
    public Naming naming() {
        return set.naming;
    }

    /** Whether servers are asked for the names of tuples' fields. */
    public boolean tupleNames() {
        return set.tupleNames;
    }

    /** The converters, in the order in which they were added. Unmodifiable. */
    public List<ValueConverter<?, ?>> converters() {
        return Collections.unmodifiableList(set.converters);
    }

    /** The observers, in the order in which they were added. Unmodifiable. */
    public List<ClientObserver> observers() {
        return Collections.unmodifiableList(set.observers);
    }

    /** Whether all options are equal; sources, TLS contexts and observers as they define it, usually as identity. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ClientOptions that && set.values().equals(that.set.values());
    }

    @Override
    public int hashCode() {
        return set.values().hashCode();
    }

    /** What distinguishes one client from another. Of a topology's URI only the scheme: the rest may hold passwords. */
    @Override
    public String toString() {
        String from =
                set.source == null ? set.topology.substring(0, set.topology.indexOf(':') + 1) + "…" : set.topology;
        return "topology " + SafeText.name(from) + ", user " + SafeText.name(user()) + ", strategy "
                + SafeText.name(set.strategy);
    }

    private String user() {
        return switch (set.credentials) {
            case null -> "guest";
            case Fixed(Credentials credentials) -> credentials.user();
            default -> "as supplied";
        };
    }

    /** A context that stays the same. */
    private record FixedTls(SSLContext context) implements Supplier<SSLContext> {
        @Override
        public SSLContext get() {
            return context;
        }
    }

    /** Credentials that stay the same; two clients with the same ones have equal options. */
    private record Fixed(Credentials credentials) implements Supplier<Credentials> {
        @Override
        public Credentials get() {
            return credentials;
        }
    }

    /**
     * Collects options and checks each as it is set: an {@link IllegalArgumentException} says which one was wrong, what was
     * expected, and what was given. Not thread-safe.
     *
     * @see DiscoveryClient#builder()
     */
    public static final class Builder {
        private String topology = "";
        private @Nullable TopologySource source;
        private @Nullable Supplier<Credentials> credentials;
        private @Nullable Supplier<SSLContext> ssl;
        private String discoveryProcedure = "api.discovery";
        private Duration discoveryInterval = Duration.ofMillis(100);
        private Duration heartbeatInterval = Duration.ofSeconds(30);
        private Duration discoveryTimeout = Duration.ofSeconds(1);
        private Duration announcementMaxAge = Duration.ofSeconds(10);
        private Duration connectTimeout = Duration.ofSeconds(3);
        private @Nullable Duration reconnectDelay = Duration.ofMillis(300);
        private Duration startTimeout = Duration.ofSeconds(10);
        private Duration drainTimeout = Duration.ofSeconds(30);
        private int maxWaitingCalls = Integer.MAX_VALUE;
        private int maxInFlightPerNode = 512;
        private int maxReplySize = 64 << 20;
        private int ioThreads = Math.clamp(Runtime.getRuntime().availableProcessors() / 8, 1, 8);
        private RetryBudget retryBudget = RetryBudget.defaults();
        private String strategy = "weighted-random";
        private final Map<String, String> methodStrategies;
        private final Map<String, MethodRule> rules;
        private Duration slowStart = Duration.ofSeconds(10);
        private OutlierPolicy outliers = OutlierPolicy.defaults();
        private boolean acceptEmptyTopology;
        private CallOptions callOptions = CallOptions.defaults();
        private Naming naming = Naming.AS_DECLARED;
        private boolean tupleNames;
        private final List<ValueConverter<?, ?>> converters;
        private final List<ClientObserver> observers;

        private Builder() {
            methodStrategies = new LinkedHashMap<>();
            rules = new LinkedHashMap<>();
            converters = new ArrayList<>();
            observers = new ArrayList<>();
        }

        private Builder(Builder other) {
            topology = other.topology;
            source = other.source;
            credentials = other.credentials;
            ssl = other.ssl;
            discoveryProcedure = other.discoveryProcedure;
            discoveryInterval = other.discoveryInterval;
            heartbeatInterval = other.heartbeatInterval;
            discoveryTimeout = other.discoveryTimeout;
            announcementMaxAge = other.announcementMaxAge;
            connectTimeout = other.connectTimeout;
            reconnectDelay = other.reconnectDelay;
            startTimeout = other.startTimeout;
            drainTimeout = other.drainTimeout;
            maxWaitingCalls = other.maxWaitingCalls;
            maxInFlightPerNode = other.maxInFlightPerNode;
            maxReplySize = other.maxReplySize;
            ioThreads = other.ioThreads;
            retryBudget = other.retryBudget;
            strategy = other.strategy;
            methodStrategies = new LinkedHashMap<>(other.methodStrategies);
            rules = new LinkedHashMap<>(other.rules);
            slowStart = other.slowStart;
            outliers = other.outliers;
            acceptEmptyTopology = other.acceptEmptyTopology;
            callOptions = other.callOptions;
            naming = other.naming;
            tupleNames = other.tupleNames;
            converters = new ArrayList<>(other.converters);
            observers = new ArrayList<>(other.observers);
        }

        private List<@Nullable Object> values() {
            return Arrays.asList(
                    topology,
                    source,
                    credentials,
                    ssl,
                    discoveryProcedure,
                    discoveryInterval,
                    heartbeatInterval,
                    discoveryTimeout,
                    announcementMaxAge,
                    connectTimeout,
                    reconnectDelay,
                    startTimeout,
                    drainTimeout,
                    maxWaitingCalls,
                    maxInFlightPerNode,
                    maxReplySize,
                    ioThreads,
                    retryBudget,
                    strategy,
                    methodStrategies,
                    rules,
                    slowStart,
                    outliers,
                    acceptEmptyTopology,
                    callOptions,
                    naming,
                    tupleNames,
                    converters,
                    observers);
        }

        /**
         * Where the instances are: a URI whose scheme names a topology source, for example {@code
         * static:10.0.0.1:3301,10.0.0.2:3301}. This, {@link #endpoints} or {@link #source} is required.
         */
        public Builder topology(String uri) {
            topology = Checks.notEmpty("topology", "a URI", uri);
            source = null;
            return this;
        }

        /**
         * The instances themselves, a shorthand for the topology {@code static:}; each as in {@link Endpoint#parse}, but that
         * in a user or a password a comma is written {@code %2C}, and a percent sign before {@code 2C} or {@code 25} is
         * written {@code %25}.
         */
        public Builder endpoints(String... endpoints) {
            Checks.check("endpoints", "at least one", endpoints.length > 0, "none");
            return topology(Arrays.stream(endpoints)
                    .map(endpoint -> Checks.given("endpoints", endpoint))
                    .collect(Collectors.joining(",", "static:", "")));
        }

        /** A topology source made by the application. The client follows it until the client is closed. */
        public Builder source(TopologySource source) {
            this.source = Checks.given("source", source);
            topology = source.toString();
            return this;
        }

        /** The user to log in as where an endpoint names none. Default: the server's guest. */
        public Builder credentials(String user, String password) {
            credentials = new Fixed(new Credentials(user, password));
            return this;
        }

        /**
         * What says at every login whom to log in as where an endpoint names no user, so that a password can change while the
         * client is open. It is asked on a virtual thread, may block, and counts towards {@link #connectTimeout}. If it throws, or
         * returns null, connecting has failed, and is tried again. Takes the place of a fixed user.
         */
        public Builder credentials(Supplier<Credentials> supplier) {
            credentials = Checks.given("credentials", supplier);
            return this;
        }

        /**
         * Speaks TLS with every TCP endpoint that does not say {@code transport=plain}, and checks that the certificate is the
         * host's. Default: in the clear, except with endpoints that say {@code transport=ssl}, which need a certificate that
         * the JDK trusts.
         */
        public Builder ssl(SSLContext context) {
            ssl = new FixedTls(Checks.given("ssl", context));
            return this;
        }

        /**
         * Speaks TLS as {@link #ssl(SSLContext)} does, with a context that is asked for at every connect, so that certificates
         * can be renewed while the client is open: {@link PemFiles}. If it throws, connecting has failed, and is tried again.
         */
        public Builder ssl(Supplier<SSLContext> contexts) {
            ssl = Checks.given("ssl", contexts);
            return this;
        }

        /** The procedure that announces what a node serves. Default: {@code api.discovery}. */
        public Builder discoveryProcedure(String name) {
            discoveryProcedure = Checks.name("discoveryProcedure", name);
            return this;
        }

        /** How often every node is asked what it serves, jittered by ±10 %. Default: 100 ms. */
        public Builder discoveryInterval(Duration interval) {
            discoveryInterval = Checks.positive("discoveryInterval", interval);
            return this;
        }

        /**
         * How long to wait before a server that pushes its announcements is asked for one all the same, jittered by ±10 %: at
         * least the discovery interval, and below the server's {@code idle_timeout} if it has one. It is the same for a
         * server that reports its status to a client with {@linkplain #rule rules}. Default: 30 s.
         */
        public Builder heartbeatInterval(Duration interval) {
            heartbeatInterval = Checks.positive("heartbeatInterval", interval);
            return this;
        }

        /** How long an announcement may take before the node leaves the routing. Default: 1 s. */
        public Builder discoveryTimeout(Duration timeout) {
            discoveryTimeout = Checks.positive("discoveryTimeout", timeout);
            return this;
        }

        /**
         * How long a node's last announcement counts while the next one is late, but other replies arrive: a busy server
         * stays in the routing for so long. Default: 10 s.
         */
        public Builder announcementMaxAge(Duration age) {
            announcementMaxAge = Checks.positive("announcementMaxAge", age);
            return this;
        }

        /** How long resolving the name, connecting and logging in may take together. Default: 3 s. */
        public Builder connectTimeout(Duration timeout) {
            connectTimeout = Checks.positive("connectTimeout", timeout);
            return this;
        }

        /**
         * How long to wait before a lost connection is established again; jittered, and growing to ten times this
         * while it keeps failing. Default: 300 ms.
         */
        public Builder reconnectDelay(Duration delay) {
            reconnectDelay = Checks.positive("reconnectDelay", delay);
            return this;
        }

        /** Doesn't connect to a node again once its connection failed or was lost. */
        public Builder neverReconnect() {
            reconnectDelay = null;
            return this;
        }

        /**
         * How long {@link #connect} may wait for the first node to announce what it serves. It returns earlier when one has,
         * or when every node, or the topology source, has failed once, and throws in neither case: the first calls wait for
         * their route then. An interrupt ends the wait and leaves the thread interrupted. Zero: it does not wait, and what a
         * cold process has to load comes out of the first call's deadline. Default: 10 s.
         */
        public Builder startTimeout(Duration timeout) {
            startTimeout =
                    Checks.given("startTimeout", timeout).isZero() ? timeout : Checks.positive("startTimeout", timeout);
            return this;
        }

        /** How long calls in flight may keep the connection of a removed node, or a closing client. Default: 30 s. */
        public Builder drainTimeout(Duration timeout) {
            drainTimeout = Checks.positive("drainTimeout", timeout);
            return this;
        }

        /** How many calls may wait for a route at a time; one more fails at once. 0: none. Default: no bound. */
        public Builder maxWaitingCalls(int calls) {
            maxWaitingCalls = Checks.atLeast("maxWaitingCalls", 0, calls);
            return this;
        }

        /**
         * How many attempts may be under way on a node at a time. A node at its bound is passed over for another one. When all
         * nodes that could take a call are at it, the call waits for a place until its deadline, first come, first served,
         * and then fails with {@link OverloadedException}; with {@link CallOptions#withFailFast} it fails at once.
         *
         * <p>The default is 512, because a Tarantool server reads no further request while 768 are under way on it
         * ({@code net_msg_max}), not even the question for its announcement. Where servers are set to more, or where several
         * clients share them, set this in proportion.
         */
        public Builder maxInFlightPerNode(int attempts) {
            maxInFlightPerNode = Checks.atLeast("maxInFlightPerNode", 1, attempts);
            return this;
        }

        /** The largest reply that is read, in bytes; a larger one fails its call alone. Default: 64 MiB. */
        public Builder maxReplySize(int bytes) {
            maxReplySize = Checks.atLeast("maxReplySize", 1_024, bytes);
            return this;
        }

        /**
         * How many threads read from the client's connections, from 1 to 64. All clients of a process share these threads. A
         * connection stays with one of them, the one with the fewest connections when it is established; so more threads than
         * connections are of no use. A thread reads about a million small replies a second. Default: one for every eight
         * processors, at least one and at most eight.
         */
        public Builder ioThreads(int threads) {
            ioThreads = Checks.within("ioThreads", 1, 64, threads);
            return this;
        }

        /** How many retries and hedges there may be, over all calls. Default: {@link RetryBudget#defaults()}. */
        public Builder retryBudget(RetryBudget budget) {
            retryBudget = Checks.given("retryBudget", budget);
            return this;
        }

        /**
         * The weight strategy, by name: {@code weighted-random}, {@code round-robin}, {@code least-loaded}, {@code
         * peak-ewma}, one of these inside {@code zone-aware(…)}, or a plug-in's. Default: {@code weighted-random}.
         */
        public Builder strategy(String name) {
            strategy = Checks.name("strategy", name);
            return this;
        }

        /**
         * Another weight strategy for some methods.
         *
         * @param methods a method's name, or the beginning of several followed by {@code *}. A whole name takes precedence
         *     over a beginning, and a longer beginning over a shorter one
         */
        public Builder strategy(String methods, String name) {
            methodStrategies.put(Checks.name("strategy", methods), Checks.name("strategy", name));
            return this;
        }

        /**
         * For servers that announce nothing: which nodes serve some methods, by whether they are writable. As soon as there
         * is a rule, no node is asked for announcements; each is asked for {@code box.info} instead, every {@link
         * #discoveryInterval}. A server that reports {@code box.status} is asked when that has changed, and every {@link
         * #heartbeatInterval}. The user needs the right to execute {@code box.info}.
         *
         * <p>No node serves a method that no rule covers. Methods of one rule share their routes: a snapshot shows the
         * rule's words in their place, and another {@link #strategy(String, String)} is set for these words. Default:
         * none, the servers announce what they serve.
         *
         * @param methods a method's name, or the beginning of several followed by {@code *}. A whole name takes precedence
         *     over a beginning, and a longer beginning over a shorter one. A rule for the same words is replaced
         * @param retriable whether a call that failed on one node may be made again on another one
         * @throws IllegalArgumentException if the methods are neither a name nor a beginning with {@code *} at its end
         */
        public Builder rule(String methods, MethodRule.Mode mode, boolean retriable) {
            rules.put(methods, new MethodRule(methods, mode, retriable));
            return this;
        }

        /**
         * How long a node that joins or comes back takes to its full share: it begins with a tenth, so that its caches
         * fill before all calls come. Measured against the node that has served longest, so that a client's own start
         * changes no share. Zero: its full share at once. Default: 10 s.
         */
        public Builder slowStart(Duration window) {
            slowStart = Checks.given("slowStart", window).isZero() ? window : Checks.positive("slowStart", window);
            return this;
        }

        /** When a node is ejected because of how its calls end. Default: {@link OutlierPolicy#defaults()}. */
        public Builder outliers(OutlierPolicy policy) {
            outliers = Checks.given("outliers", policy);
            return this;
        }

        /**
         * Whether to believe a source that says that there are no instances. Default: no; the last instances stay,
         * because an empty listing is far more often a mistake than a wish.
         */
        public Builder acceptEmptyTopology(boolean accept) {
            acceptEmptyTopology = accept;
            return this;
        }

        /** The options of calls that bring none. Default: {@link CallOptions#defaults()}. */
        public Builder callOptions(CallOptions options) {
            callOptions = Checks.given("callOptions", options);
            return this;
        }

        /**
         * What the components of records, and the properties of other classes, are called on the servers, unless {@link
         * WithNaming} or {@link Name} says otherwise. Default: {@link Naming#AS_DECLARED}.
         */
        public Builder naming(Naming names) {
            naming = Checks.given("naming", names);
            return this;
        }

        /**
         * Whether servers send the names of their tuples' fields, so that a tuple is read by these names: as a record, as an
         * object of another class, or as a map. Servers since Tarantool 3.0 can; from an older one, a row is an array, as
         * without this option. The names come with each reply that has tuples in it, and make a small one several times as
         * large. Default: no; rows are read by position.
         *
         * @see ByName
         */
        public Builder tupleNames(boolean wanted) {
            tupleNames = wanted;
            return this;
        }

        /**
         * Adds a converter of values. Default: those that are found as services.
         *
         * @throws IllegalArgumentException if its type is null or {@code Object}
         */
        public Builder converter(ValueConverter<?, ?> converter) {
            Class<?> type = Checks.given("converter", converter).type();
            Checks.check(
                    "converter",
                    "one with the class of some objects as its type",
                    Types.isConvertible(type),
                    converter + " with " + type);
            converters.add(converter);
            return this;
        }

        /** Adds an observer. Default: none. */
        public Builder observer(ClientObserver observer) {
            observers.add(Checks.given("observer", observer));
            return this;
        }

        /**
         * The options as they are now. Further changes of this builder don't reach them.
         *
         * @throws IllegalArgumentException if no topology was given
         */
        public ClientOptions build() {
            Checks.check(
                    "topology",
                    "a URI such as static:10.0.0.1:3301,10.0.0.2:3301",
                    source != null || !topology.isEmpty(),
                    "nothing");
            return new ClientOptions(new Builder(this));
        }

        /**
         * Opens a client with these options. It returns when the first node has announced what it serves, or every node has
         * failed once, and after {@link #startTimeout} at the latest. Nodes that are away don't make it fail.
         *
         * @throws IllegalArgumentException if an option is wrong: an unknown URI scheme, strategy, or address
         * @throws IllegalStateException if no implementation is on the class path or module path, or a plug-in that an option
         *     names can't make what it is for
         */
        public DiscoveryClient connect() {
            return DiscoveryClient.connect(build());
        }
    }
}
