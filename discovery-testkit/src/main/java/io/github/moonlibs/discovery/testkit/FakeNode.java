package io.github.moonlibs.discovery.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A node without a Tarantool: it runs in the test's own process, speaks IPROTO on a loopback socket, announces what the
 * test tells it to, and does what a real server cannot be made to do.
 *
 * <pre>{@code
 * try (FakeNode node = FakeNode.start()) {
 *     node.announce("users.get", 100, true).answer("users.get", args -> List.of("user " + args.get(0)));
 *     ...
 *     node.delay("users.get", Duration.ofSeconds(2));
 * }
 * }</pre>
 *
 * <p>A procedure that is announced and has no answer of its own returns its arguments; one that is neither announced
 * nor answered fails with code 33, as on a real server. Everything can be changed at any time, from any thread; calls
 * run concurrently, each on a virtual thread, and end with an interrupt when their connection does. Counts of calls
 * begin at the node's start and survive {@link #restart}.
 */
public final class FakeNode implements AutoCloseable {
    private final FakeServer server;

    private FakeNode(FakeServer server) {
        this.server = server;
    }

    /** A node on a free port of 127.0.0.1. */
    public static FakeNode start() {
        return start("127.0.0.1");
    }

    /** A node on a free port of this loopback address, for example {@code 127.0.0.11}. */
    public static FakeNode start(String host) {
        return start(host, 0);
    }

    /**
     * A node on this address and port.
     *
     * @throws java.io.UncheckedIOException if it is taken
     */
    public static FakeNode start(String host, int port) {
        return new FakeNode(new FakeServer(host, port));
    }

    /** {@code host:port}, as clients want it. */
    public String endpoint() {
        return server.acceptor().toString();
    }

    /** The address that it listens on. */
    public String host() {
        return server.acceptor().host();
    }

    /** The port that it listens on. */
    public int port() {
        return server.acceptor().port();
    }

    // ---- what it announces

    /** Announces a method, in addition to the others; the weight as it is to appear on the wire. */
    public FakeNode announce(String method, Number weight, boolean retriable) {
        return announceEntry(method, Map.of("weight", weight, "retriable", retriable));
    }

    /** Announces a method with an entry of any form: {@code Map.of()}, one with other keys, a malformed one. */
    public FakeNode announceEntry(String method, @Nullable Object entry) {
        server.procedures().announceMethod(method, entry);
        return this;
    }

    /** Announces whether it is the master; it does not say so at first. */
    public FakeNode announceMaster(boolean isMaster) {
        return announceAttribute("is_master", isMaster);
    }

    /** Announces another key beside the methods, for example a zone. */
    public FakeNode announceAttribute(String key, @Nullable Object value) {
        server.procedures().announce(key, value);
        return this;
    }

    /** Makes the discovery procedure return this, whatever it is. */
    public FakeNode announceRaw(@Nullable Object announcement) {
        server.procedures().announce(announcement);
        return this;
    }

    /** Announces a method no more. */
    public FakeNode withdraw(String method) {
        server.procedures().withdraw(method);
        return this;
    }

    /** Which procedure returns the announcement; {@code api.discovery} at first. */
    public FakeNode discoveryProcedure(String name) {
        server.procedures().discovery(name);
        return this;
    }

    // ---- what it does about calls

    /** Does this about every call of the procedure, the discovery procedure included. */
    public FakeNode on(String procedure, FakeCall.Handler handler) {
        server.procedures().handle(procedure, handler);
        return this;
    }

    /** Replies with the values that the function makes of the arguments. */
    public FakeNode answer(String procedure, Function<List<@Nullable Object>, ? extends List<?>> answer) {
        return on(procedure, call -> call.reply(answer.apply(call.arguments()).toArray()));
    }

    /** Replies with the arguments. */
    public FakeNode echo(String procedure) {
        return answer(procedure, arguments -> arguments);
    }

    /** Replies with an error. */
    public FakeNode fail(String procedure, int code, String message) {
        return fail(procedure, FakeError.of(code, message));
    }

    /** Replies with an error. */
    public FakeNode fail(String procedure, FakeError error) {
        return on(procedure, call -> call.fail(error));
    }

    /** Never replies. */
    public FakeNode hang(String procedure) {
        return on(procedure, call -> new CountDownLatch(1).await());
    }

    /** Reads the call, then closes the connection (FIN). */
    public FakeNode closeOn(String procedure) {
        return on(procedure, FakeCall::close);
    }

    /** Reads the call, then resets the connection (RST). */
    public FakeNode resetOn(String procedure) {
        return on(procedure, FakeCall::reset);
    }

    /** Waits so long before it does anything about a call of the procedure; zero: no longer. */
    public FakeNode delay(String procedure, Duration time) {
        server.procedures().delay(procedure, time);
        return this;
    }

    /** Waits so long before it does anything about a call of whatever has no delay of its own. */
    public FakeNode delay(Duration time) {
        server.procedures().delay(time);
        return this;
    }

    /** Forgets what was set for the procedure: answer, error, fault, delay. */
    public FakeNode heal(String procedure) {
        server.procedures().reset(procedure);
        return this;
    }

    // ---- what it is

    /**
     * Speaks as this version of Tarantool does. Before 2.10 there are no ID, WATCH and graceful shutdown, and before
     * 3.0 refused log-ins and replies look otherwise. At first: 3.3.0.
     */
    public FakeNode version(String version) {
        server.version(version);
        return this;
    }

    /** Lets nobody call without having logged in as this user, or as another one that was given so. */
    public FakeNode requireLogin(String user, String password) {
        server.logins().add(user, password);
        return this;
    }

    /** Greets new connections with these bytes instead of the right ones; null: with the right ones. */
    public FakeNode greeting(byte @Nullable [] bytes) {
        server.greeting(bytes == null ? null : bytes.clone());
        return this;
    }

    /** From now on closes a connection when a request comes, without executing or counting it. */
    public FakeNode dropRequests(boolean drop) {
        server.dropRequests(drop);
        return this;
    }

    /** Publishes a key to those who watch it. */
    public FakeNode broadcast(String key, @Nullable Object value) {
        server.board().put(key, value);
        return this;
    }

    // ---- what it saw

    /** How many calls of the procedure came in, executed to the end or not. */
    public long calls(String procedure) {
        return server.procedures().calls(procedure);
    }

    /** How many calls of the procedure are being executed; a call's reply may be out a moment before its execution ends. */
    public int callsInFlight(String procedure) {
        return server.procedures().inFlight(procedure);
    }

    /** How many calls are being executed, those of the discovery procedure aside. */
    public int callsInFlight() {
        return server.procedures().inFlight();
    }

    /** The last 1,000 calls in the order of arrival, those of the discovery procedure aside. */
    public List<FakeCall> received() {
        return server.procedures().received();
    }

    /** How many connections are open now. */
    public int connections() {
        return server.connections();
    }

    /** How many connections there ever were. */
    public long accepted() {
        return server.acceptor().accepted();
    }

    // ---- its life

    /** Neither reads nor writes from now on, as after SIGSTOP; the kernel still accepts connections. */
    public FakeNode freeze() {
        server.gate().close();
        return this;
    }

    /** Goes on after {@link #freeze}. */
    public FakeNode thaw() {
        server.gate().open();
        return this;
    }

    /** Refuses new connections; those that there are stay. */
    public FakeNode stopListening() {
        server.stopListening();
        return this;
    }

    /** Closes every connection (FIN), and goes on listening. */
    public FakeNode closeConnections() {
        server.closeConnections();
        return this;
    }

    /** Refuses new connections and resets (RST) those that there are. */
    public FakeNode crash() {
        server.crash();
        return this;
    }

    /** Ends every connection (RST), and listens again on the same port; also after a crash or a shutdown. */
    public FakeNode restart() {
        server.restart();
        return this;
    }

    /**
     * Goes as a real server goes on SIGTERM: refuses new connections, announces the shutdown, waits up to 3 s for those
     * who watch for it to leave, answering calls meanwhile, and closes the other connections. Before version 2.10:
     * closes at once. Returns when it is done.
     */
    public FakeNode shutDown() {
        server.shutDown();
        return this;
    }

    /**
     * Ends everything. No thread is left when it returns. Idempotent.
     *
     * @throws IllegalStateException if a handler of the test's own does not end when interrupted
     */
    @Override
    public void close() {
        server.close();
    }

    @Override
    public String toString() {
        return server.toString();
    }
}
