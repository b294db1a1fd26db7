package io.github.moonlibs.discovery;

import io.github.moonlibs.discovery.bind.Binder;
import io.github.moonlibs.discovery.options.Checks;
import io.github.moonlibs.discovery.plugins.Services;
import io.github.moonlibs.discovery.spi.ClientProvider;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls procedures on a set of Tarantool instances as if they were one server. Thread-safe: one client serves the whole
 * application, from any thread, virtual or platform.
 *
 * <pre>{@code
 * try (var client = DiscoveryClient.connect("static:10.0.0.1:3301,10.0.0.2:3301")) {
 *     User user = client.call("users.get", List.of(42), User.class);
 * }
 * }</pre>
 *
 * <p>Every call blocks its thread until the reply is there, or throws a {@link CallException}. A call goes to a node that
 * announces the method. If it fails and the node announced the method as retriable, it goes to another one, until the
 * deadline. A method that is not retriable is sent at most once.
 *
 * <p>Arguments are null, booleans, numbers, characters, strings, {@code byte[]}, {@link java.util.UUID}, {@link
 * java.time.Instant} and the other dates and times that {@link Result} reads, {@link java.time.Duration}, {@link
 * java.time.Period}, {@link Interval}, {@link TarantoolError}, {@link Extension}, enums (by name), {@link java.util.Optional},
 * arrays, collections, maps, records and objects of other classes with one constructor and getters (a map by name), and what a {@link
 * io.github.moonlibs.discovery.spi.ValueConverter} is for; anything else is refused with an {@link
 * IllegalArgumentException} before anything is sent.
 */
public interface DiscoveryClient extends AutoCloseable {

    /**
     * Opens a client with default options, as {@link ClientOptions.Builder#connect} does.
     *
     * @param topology a URI as in {@link ClientOptions.Builder#topology}
     * @throws IllegalArgumentException if the URI is wrong; says what was expected
     */
    static DiscoveryClient connect(String topology) {
        return builder().topology(topology).connect();
    }

    /**
     * Opens a client, as {@link ClientOptions.Builder#connect} does.
     *
     * @throws IllegalArgumentException if an option is wrong; says what was expected
     * @throws IllegalStateException if no implementation is on the class path or module path, or a plug-in that an option names
     *     can't make what it is for
     */
    static DiscoveryClient connect(ClientOptions options) {
        return Services.load(ClientProvider.class).stream()
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "no implementation of " + ClientProvider.class.getName() + " found: add discovery-core"))
                .open(options);
    }

    /** The options of a client, to be set before it is opened. */
    static ClientOptions.Builder builder() {
        return ClientOptions.builder();
    }

    /** The options that this client was opened with. */
    ClientOptions options();

    /**
     * The options of calls that bring none, short for {@code options().callOptions()}. For a call that differs in a few of
     * them, change these: {@code client.callOptions().withTimeout(…)}. {@link CallOptions#defaults()} would drop what the
     * client was opened with.
     */
    default CallOptions callOptions() {
        return options().callOptions();
    }

    /** Calls a procedure with the client's call options. */
    default Result call(String method, List<?> arguments) {
        return call(method, arguments, callOptions());
    }

    /** Calls a procedure with the client's call options and returns the first value as the type, null for nil. */
    default <T> @Nullable T call(String method, List<?> arguments, Class<T> type) {
        return call(method, arguments).as(type);
    }

    /**
     * Calls a procedure with the client's call options and returns the first value as the type, null for nil. As Java does
     * everywhere, an array that is the only argument is taken for the arguments themselves.
     *
     * <pre>{@code
     * User user = client.call("users.find", User.class, "Ann", null);
     * }</pre>
     *
     * @param arguments what the procedure is called with, each of which may be null; null itself is one argument, nil
     */
    default <T> @Nullable T call(String method, Class<T> type, @Nullable Object @Nullable ... arguments) {
        return call(method, Varargs.list(arguments)).as(type);
    }

    /** Calls a procedure and returns the first value as the type, null for nil. */
    default <T> @Nullable T call(String method, List<?> arguments, CallOptions options, Class<T> type) {
        return call(method, arguments, options).as(type);
    }

    /** Calls a procedure with the client's call options and returns the first value as the type, null for nil. */
    default <T> @Nullable T call(String method, List<?> arguments, TypeRef<T> type) {
        return call(method, arguments).as(type);
    }

    /**
     * Calls a procedure with the client's call options and returns the first value as the type, null for nil; otherwise like
     * {@link #call(String, Class, Object...)}.
     *
     * <pre>{@code
     * Map<String, List<User>> byCity = client.call("users.by_city", new TypeRef<>() {}, "Paris", "Rome");
     * }</pre>
     */
    default <T> @Nullable T call(String method, TypeRef<T> type, @Nullable Object @Nullable ... arguments) {
        return call(method, Varargs.list(arguments)).as(type);
    }

    /** Calls a procedure and returns the first value as the type, null for nil. */
    default <T> @Nullable T call(String method, List<?> arguments, CallOptions options, TypeRef<T> type) {
        return call(method, arguments, options).as(type);
    }

    /** Calls a procedure with the client's call options and returns the first value as the type, null for nil. */
    default @Nullable Object call(String method, List<?> arguments, Type type) {
        return call(method, arguments).as(type);
    }

    /** Calls a procedure and returns the first value as the type, null for nil. */
    default @Nullable Object call(String method, List<?> arguments, CallOptions options, Type type) {
        return call(method, arguments, options).as(type);
    }

    /**
     * Calls a procedure.
     *
     * @param method its name, as announced
     * @param arguments the procedure's arguments; the list is not changed
     * @param options how long the call may take, and what is retried
     * @throws CallException if the call did not succeed; the subclass says why
     * @throws IllegalArgumentException if an argument cannot be sent; in that case, nothing was sent
     */
    Result call(String method, List<?> arguments, CallOptions options);

    /**
     * A handle of a method, for code that calls the same method again and again.
     *
     * @param name as announced; it need not be served yet
     */
    PreparedMethod method(String name);

    /** Calls a procedure once on every node that serves it now, with the client's call options. */
    default List<NodeReply> callAll(String method, List<?> arguments) {
        return callAll(method, arguments, callOptions());
    }

    /**
     * Calls a procedure once on every node that serves it now, on all of them at the same time.
     *
     * @return every node's answer, or its failure, in the routing table's order. A node that has not answered within the
     *     timeout, or by the deadline if that is sooner, has failed with a time-out
     * @throws NoRouteException if no node serves the method by the deadline
     * @throws OverloadedException if no node serves it, and the maximum number of calls waits for a route already
     * @throws CallException if the call was interrupted or the client closed
     * @throws IllegalArgumentException if an argument cannot be sent; in that case, nothing was sent
     */
    List<NodeReply> callAll(String method, List<?> arguments, CallOptions options);

    /** Calls a procedure once with each of the argument lists, with the client's call options. */
    default List<CallOutcome> callMany(String method, List<? extends List<?>> arguments) {
        return callMany(method, arguments, callOptions());
    }

    /**
     * Calls a procedure once with each of the argument lists: many calls that share one wait and few writes. Each is routed,
     * retried and hedged by itself, and none of them fails because another one does. At most 1,024 of them are under way at
     * a time, and they are begun in the order of the list.
     *
     * <pre>{@code
     * var outcomes = client.callMany("users.put", rows, client.callOptions().withDeadline(Duration.ofSeconds(30)));
     * }</pre>
     *
     * @param arguments the arguments of each call. An element is taken when its call is about to begin, so that a list which
     *     makes them on demand keeps little in memory
     * @param options the deadline is that of all calls together, counted from now; all else is for each of them
     * @return the outcome of each call, in the order of the argument lists. What would have been thrown for a call is its
     *     outcome's failure. An interrupt ends all calls that are not over, and the thread's interrupt flag is set
     */
    List<CallOutcome> callMany(String method, List<? extends List<?>> arguments, CallOptions options);

    /** Begins a transaction with the client's call options and the server's default isolation. */
    default Transaction begin(String method) {
        return begin(method, callOptions());
    }

    /** Begins a transaction with the server's default isolation. */
    default Transaction begin(String method, CallOptions options) {
        return begin(method, options, Transaction.Isolation.DEFAULT);
    }

    /**
     * Begins a transaction of several calls on one node (Tarantool 2.10 and newer). The node is picked as for a call of the
     * method. If the transaction can't be begun there, it is tried on another node, whatever the method's flag: nothing of the
     * application's has been executed then. Once begun, it stays on its node.
     *
     * @param method which nodes serve it, for example the first procedure that is called inside; it isn't called by this
     * @param options the deadline is that of the whole transaction, and the server keeps to it, too; the timeout is each request's;
     *     the push listener and the timeout argument are for its calls
     * @throws CallException if it could not be begun: as for a call, or because the server keeps no transaction open
     */
    Transaction begin(String method, CallOptions options, Transaction.Isolation isolation);

    /**
     * Waits until at least that many nodes serve the method. {@link ClientOptions#maxWaitingCalls} does not count this as a
     * call.
     *
     * @return whether they did within the time
     * @throws IllegalArgumentException if the number is below 1
     * @throws InterruptedException if the thread was interrupted
     * @throws ClientClosedException if the client is closed
     */
    boolean awaitMethod(String method, int nodes, Duration timeout) throws InterruptedException;

    /** Watches a key on all nodes; otherwise like {@link #watch(String, String, Consumer)}. */
    default Watching watch(String key, Consumer<WatchedValue> listener) {
        return watch(key, null, listener);
    }

    /**
     * Watches a key that servers broadcast ({@code box.broadcast}, or {@code box.status} and the like): the listener gets the
     * value that each node has now, each later one, and after each reconnect the one that the node has then. Servers before
     * Tarantool 2.10 report nothing. Anyone who reaches a server may watch its keys, whatever the user's rights.
     *
     * <pre>{@code
     * try (var prices = client.watch("prices", news -> cache.put(news.node(), news.value().as(Prices.class)))) {
     *     …
     * }
     * }</pre>
     *
     * <p>The listener is called on a thread of the watch's own, for one value at a time. It may block, and may call this
     * client: meanwhile only the latest value of each node is kept, the others are skipped. What it throws is logged once and
     * has no other effect.
     *
     * @param method values are reported of nodes that serve this method; of another one, its latest value is reported when
     *     it comes to serve the method. Null: of all nodes
     * @return ends the watching when it is closed; so does closing the client
     * @throws ClientClosedException if the client is closed
     */
    Watching watch(String key, @Nullable String method, Consumer<WatchedValue> listener);

    /**
     * Implements an interface, each of whose methods is a {@link Method} of the servers or has a body of its own, by
     * calls of this client. The interface is read and checked here, once. The result is thread-safe, lives as long as this
     * client, and is equal only to itself.
     *
     * <p>In a named module, the interface may be of any visibility and its package need be neither exported nor opened:
     * a {@link java.lang.reflect.Proxy} is made in the interface's own package, or in a module of its own that may see
     * it. Only a default method has to be accessible: it is in a public interface of an exported package; otherwise the
     * package has to be opened to {@code io.github.moonlibs.discovery}. The packages of records are opened to the
     * transport, as for every call.
     *
     * @throws IllegalArgumentException if this is no such interface; the message says what was expected of each method
     */
    default <T> T bind(Class<T> type) {
        return Binder.bind(this, Checks.given("type", type));
    }

    /** The client's state now, as text for people and as JSON for programs. */
    ClientSnapshot snapshot();

    /** The nodes as they are now. */
    TopologySnapshot topology();

    /** The routing table as it is now. */
    RoutingSnapshot routing();

    /** What is left of the retry budget now. */
    RetryBudgetSnapshot retryBudget();

    /**
     * Stops new calls, lets those in flight finish up to the drain timeout, then closes every connection. Calls that
     * wait for a route end with {@link ClientClosedException}. When this returns, no thread, socket or timer is left.
     * Idempotent. An interrupt ends the wait for calls in flight, not the closing.
     */
    @Override
    void close();
}
