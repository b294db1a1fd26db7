package io.github.moonlibs.discovery.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A node without Tarantool. It runs in the test's own process, speaks IPROTO on a loopback socket, announces what the
 * test wants, and misbehaves in ways that a real server cannot be made to.
 *
 * <pre>{@code
 * try (FakeNode node = FakeNode.start()) {
 *     node.announce("users.get", 100, true).answer("users.get", args -> List.of("user " + args.get(0)));
 *     ...
 *     node.delay("users.get", Duration.ofSeconds(2));
 * }
 * }</pre>
 *
 * <p>A procedure that is announced but has no answer of its own returns its arguments. One that is neither announced
 * nor answered fails with code 33, as on a real server. Everything can be changed at any time, from any thread; calls
 * run concurrently, each on a virtual thread, and end with an interrupt when their connection does. Counts of calls
 * begin at the node's start and survive {@link #restart}.
 *
 * <p>What a transaction sends, a test handles, delays and counts as calls of {@code box.begin}, whose arguments are the time
 * in seconds and the isolation's number, {@code box.commit} and {@code box.rollback}. There is nothing that could be rolled
 * back, but a transaction begins, ends, and is over after its time as on a real server:
 *
 * <pre>{@code
 * node.fail("box.commit", 97, "Transaction has been aborted by conflict");
 * }</pre>
 *
 * <p>It is long because a test says everything that a node does through it.
 */
public final class FakeNode implements AutoCloseable {
    private final FakeServer server;

    private FakeNode(FakeServer server) {
        this.server = server;
    }

    /** A node on a free port of {@linkplain Loopback#nextAddress an address of its own}. */
    public static FakeNode start() {
        return start(Loopback.nextAddress());
    }

    /** A node on a free port of this loopback address, for example {@code 127.0.0.11}. */
    public static FakeNode start(String host) {
        return start(host, 0);
    }

    /**
     * A node on this address and port.
     *
     * @throws java.io.UncheckedIOException if the port is taken
     */
    public static FakeNode start(String host, int port) {
        return new FakeNode(new FakeServer(host, port));
    }

    /** The address for clients, {@code host:port}. */
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

    /** Announces a method, in addition to the others. The weight is sent as it is given. */
    public FakeNode announce(String method, Number weight, boolean retriable) {
        return announceEntry(method, Map.of("weight", weight, "retriable", retriable));
    }

    /** Announces a method with an entry of any form: {@code Map.of()}, one with other keys, a malformed one. */
    public FakeNode announceEntry(String method, @Nullable Object entry) {
        server.procedures().announceMethod(method, entry);
        return this;
    }

    /** Announces whether it is the master. By default it announces neither. */
    public FakeNode announceMaster(boolean isMaster) {
        return announceAttribute("is_master", isMaster);
    }

    /** Announces another key besides the methods, for example a zone. */
    public FakeNode announceAttribute(String key, @Nullable Object value) {
        server.procedures().announce(key, value);
        return this;
    }

    /** Makes the discovery procedure return this, whatever it is. */
    public FakeNode announceRaw(@Nullable Object announcement) {
        server.procedures().announce(announcement);
        return this;
    }

    /** Stops announcing a method. */
    public FakeNode withdraw(String method) {
        server.procedures().withdraw(method);
        return this;
    }

    /** Sets the procedure that returns the announcement. Default: {@code api.discovery}. */
    public FakeNode discoveryProcedure(String name) {
        server.procedures().discovery(name);
        return this;
    }

    // ---- how it handles calls

    /** Handles every call of the procedure this way. It may be the discovery procedure. */
    public FakeNode on(String procedure, FakeCall.Handler handler) {
        server.procedures().handle(procedure, handler);
        return this;
    }

    /** Replies with the values that the function returns for the arguments. */
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

    /** Waits this long before it handles a call of the procedure. Zero ends the delay. */
    public FakeNode delay(String procedure, Duration time) {
        server.procedures().delay(procedure, time);
        return this;
    }

    /** Waits this long before it handles a call of any procedure that has no delay of its own. */
    public FakeNode delay(Duration time) {
        server.procedures().delay(time);
        return this;
    }

    /** Removes everything that was set for the procedure: answer, error, fault, delay. */
    public FakeNode heal(String procedure) {
        server.procedures().reset(procedure);
        return this;
    }

    // ---- what kind of server it is

    /**
     * Behaves like this version of Tarantool. Before 2.10 there are no ID, WATCH, transactions and graceful shutdown. Before 3.0,
     * refused logins and replies look different. Default: 3.3.0.
     */
    public FakeNode version(String version) {
        server.version(version);
        return this;
    }

    /** Refuses calls of clients that have not logged in as this user, or as one of an earlier call of this method. */
    public FakeNode requireLogin(String user, String password) {
        server.logins().add(user, password);
        return this;
    }

    /** Greets new connections with these bytes instead of the right greeting. Null restores the right one. */
    public FakeNode greeting(byte @Nullable [] bytes) {
        server.greeting(bytes == null ? null : bytes.clone());
        return this;
    }

    /** Sets whether it closes a connection when a request arrives, without executing or counting the request. */
    public FakeNode dropRequests(boolean drop) {
        server.dropRequests(drop);
        return this;
    }

    /** Gives a key a value and reports it to the key's watchers, until the next {@link #restart}. */
    public FakeNode broadcast(String key, @Nullable Object value) {
        server.watchedKeys().put(key, value);
        return this;
    }

    // ---- what it saw

    /** How many calls of the procedure arrived, whether or not they were executed to the end. */
    public long calls(String procedure) {
        return server.procedures().calls(procedure);
    }

    /**
     * How many calls of the procedure are being executed. A reply may be sent a moment before its call counts as ended.
     */
    public int callsInFlight(String procedure) {
        return server.procedures().inFlight(procedure);
    }

    /** How many calls are being executed, except those of the discovery procedure. */
    public int callsInFlight() {
        return server.procedures().inFlight();
    }

    /** The last 1,000 calls in the order of arrival, except those of the discovery procedure. */
    public List<FakeCall> received() {
        return server.procedures().received();
    }

    /** How many transactions are open now. */
    public int openTransactions() {
        return server.openTransactions();
    }

    /** How many connections are open now. */
    public int connections() {
        return server.connections();
    }

    /** How many connections were accepted so far. */
    public long accepted() {
        return server.acceptor().accepted();
    }

    /** How many connections watch the key. */
    public int watchers(String key) {
        return server.watchedKeys().watchersOf(key).size();
    }

    // ---- its lifecycle

    /** Stops reading and writing, as after SIGSTOP; the kernel still accepts connections. */
    public FakeNode freeze() {
        server.gate().close();
        return this;
    }

    /** Continues after {@link #freeze}. */
    public FakeNode thaw() {
        server.gate().open();
        return this;
    }

    /** Refuses new connections; open ones stay. */
    public FakeNode stopListening() {
        server.stopListening();
        return this;
    }

    /** Closes every connection (FIN), and continues to listen. */
    public FakeNode closeConnections() {
        server.closeConnections();
        return this;
    }

    /** Refuses new connections and resets (RST) open ones. */
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
     * Shuts down like a real server on SIGTERM: it refuses new connections, announces the shutdown, waits up to 3 s
     * until the clients that watch for it have disconnected, answering calls meanwhile, and closes the other
     * connections. Before version 2.10 it closes them at once. Returns when it is done.
     */
    public FakeNode shutDown() {
        return shutDown(FakeServer.SHUTDOWN_PATIENCE);
    }

    /** Waits so long at most. A busy machine may need longer than a real server would wait. */
    FakeNode shutDown(Duration patience) {
        server.shutDown(patience);
        return this;
    }

    /**
     * Ends everything. When it returns, no thread is left. Idempotent.
     *
     * @throws IllegalStateException if a handler of the test does not end when it is interrupted
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
