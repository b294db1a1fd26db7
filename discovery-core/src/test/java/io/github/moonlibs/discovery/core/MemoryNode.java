package io.github.moonlibs.discovery.core;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.ServerException;
import io.github.moonlibs.discovery.ServerProtocol;
import io.github.moonlibs.discovery.TarantoolError;
import io.github.moonlibs.discovery.Transaction.Isolation;
import io.github.moonlibs.discovery.spi.KeyWatch;
import io.github.moonlibs.discovery.spi.ServerTransaction;
import io.github.moonlibs.discovery.spi.Transport;
import io.github.moonlibs.discovery.spi.Transport.Connection;
import io.github.moonlibs.discovery.spi.Transport.TransactionalConnection;
import io.github.moonlibs.discovery.spi.Transport.WatchingConnection;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A Tarantool instance without a server or a socket: what it announces, answers and suffers, a test says in a line. */
public final class MemoryNode {
    public static final String DISCOVERY = "api.discovery";

    /** Behave as procedures of these names do. */
    public static final String BEGIN = "box.begin";

    public static final String COMMIT = "box.commit";
    public static final String ROLLBACK = "box.rollback";

    /** Answers a call: completes the reply at once, later, or never. */
    public interface Behaviour {
        void answer(List<?> arguments, CompletableFuture<List<@Nullable Object>> reply) throws InterruptedException;
    }

    private final Endpoint endpoint;
    private final Map<String, Map<String, @Nullable Object>> methods = new LinkedHashMap<>();
    private final Map<String, Behaviour> behaviours = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
    private final Map<String, List<@Nullable Object>> broadcasts = new ConcurrentHashMap<>();
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connects = new AtomicInteger();
    private final AtomicInteger refusals = new AtomicInteger();
    private volatile @Nullable AttemptException refusal;
    private volatile Runnable onConnect = () -> {};
    private volatile boolean receives;
    private volatile List<Integer> features = List.of(3, 0, 1);
    private volatile long longestNanos;
    private volatile @Nullable UUID instanceUuid;

    public MemoryNode(String endpoint) {
        this.endpoint = Endpoint.parse(endpoint);
        behave(DISCOVERY, (arguments, reply) -> reply.complete(Arrays.asList(announcement())));
        List.of(BEGIN, COMMIT, ROLLBACK).forEach(each -> behave(each, (arguments, reply) -> reply.complete(List.of())));
    }

    public Instance instance() {
        return Instance.of(endpoint);
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    // ---- what it announces ----

    private synchronized Map<String, Object> announcement() {
        Map<String, Object> copy = new LinkedHashMap<>();
        methods.forEach((name, entry) -> copy.put(name, new LinkedHashMap<>(entry)));
        return Map.of("is_master", true, "methods", copy);
    }

    public synchronized MemoryNode announceEntry(String method, Map<String, @Nullable Object> entry) {
        methods.put(method, entry);
        return this;
    }

    /** Announces the method and, unless it behaves in some way already, answers it with its own address. */
    public MemoryNode announce(String method, double weight, boolean retriable) {
        behaviours.putIfAbsent(method, (arguments, reply) -> reply.complete(List.of(endpoint.address())));
        return announceEntry(method, Map.of("weight", weight, "retriable", retriable));
    }

    public synchronized void withdraw(String method) {
        methods.remove(method);
    }

    public MemoryNode announceRaw(@Nullable Object answer) {
        return behave(DISCOVERY, (arguments, reply) -> reply.complete(Arrays.asList(answer)));
    }

    /** Gives a key a value, and reports it to those that watch it. */
    public MemoryNode broadcast(String key, @Nullable Object value) {
        broadcasts.put(key, Arrays.asList(value));
        links.forEach(link -> link.changed(key));
        return this;
    }

    // ---- how it behaves ----

    public MemoryNode behave(String method, Behaviour behaviour) {
        behaviours.put(method, behaviour);
        return this;
    }

    public Behaviour behaviour(String method) {
        return Objects.requireNonNull(behaviours.get(method));
    }

    public MemoryNode hang(String method) {
        return behave(method, (arguments, reply) -> {});
    }

    public MemoryNode fail(String method, int code) {
        return behave(method, (arguments, reply) -> reply.completeExceptionally(serverError(code)));
    }

    public MemoryNode loseConnectionOn(String method) {
        return behave(
                method,
                (arguments, reply) ->
                        reply.completeExceptionally(new AttemptException(Kind.LOST, true, "connection reset", null)));
    }

    /** Fails as a call does to which no reply came in time, but at once, so that no other call can time out, too. */
    public MemoryNode timeOutOn(String method) {
        return behave(
                method,
                (arguments, reply) ->
                        reply.completeExceptionally(new AttemptException(Kind.TIMEOUT, true, "no reply", null)));
    }

    /** Fails as a connection does that closed before the request was written. */
    public MemoryNode sendNothingOf(String method) {
        return behave(
                method,
                (arguments, reply) -> reply.completeExceptionally(AttemptException.notSent("connection closed", null)));
    }

    public MemoryNode fail(String method, TarantoolError error) {
        return behave(
                method,
                (arguments, reply) -> reply.completeExceptionally(new ServerException(endpoint.address(), error)));
    }

    public ServerException serverError(int code) {
        return new ServerException(
                endpoint.address(), new TarantoolError(code, "ClientError", "told to fail", "", 0, 0, Map.of(), null));
    }

    /** What happens to a thread that connects. */
    public void onConnect(Runnable what) {
        onConnect = what;
    }

    /** Whether something arrives from it all the time, whatever it answers. */
    public void receiving(boolean always) {
        receives = always;
    }

    /** Which instance its connections lead to from now on; null: that is not known. */
    public MemoryNode leadsTo(@Nullable UUID uuid) {
        instanceUuid = uuid;
        return this;
    }

    public void refuseConnections(AttemptException how) {
        refusal = how;
    }

    public void acceptConnections() {
        refusal = null;
    }

    /** Cuts every connection, as a killed server does. */
    public void cut() {
        links.forEach(link -> link.end("killed", Kind.LOST));
    }

    public void announceShutdown() {
        links.forEach(link -> link.listener.shutdownAnnounced());
    }

    /** Keeps no transaction open between calls, on connections from now on. */
    public void withoutTransactions() {
        features = List.of(3, 0);
    }

    // ---- what it saw ----

    /** The time that the last transaction was begun with. */
    public long longestNanos() {
        return longestNanos;
    }

    public int calls(String method) {
        return calls.getOrDefault(method, new AtomicInteger()).get();
    }

    public int connects() {
        return connects.get();
    }

    public int refusals() {
        return refusals.get();
    }

    /** How many watches of the key there are on all connections. */
    public long watches(String key) {
        return links.stream()
                .flatMap(link -> link.watches.stream())
                .filter(watch -> watch.key.equals(key))
                .count();
    }

    public int openConnections() {
        return links.size();
    }

    public Connection connect(Transport.Listener listener) {
        onConnect.run();
        AttemptException how = refusal;
        if (how != null) {
            refusals.incrementAndGet();
            throw how;
        }
        Link link = new Link(listener);
        links.add(link);
        connects.incrementAndGet();
        return link;
    }

    private final class Link implements WatchingConnection, TransactionalConnection {
        private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
        private final Transport.Listener listener;
        private final Map<Long, CompletableFuture<List<@Nullable Object>>> inFlight = new ConcurrentHashMap<>();
        private final AtomicLong sync = new AtomicLong();
        private final int number = connects.get() + 1;
        private final @Nullable UUID leadsTo = instanceUuid;

        Link(Transport.Listener listener) {
            this.listener = listener;
        }

        @Override
        public Result call(String procedure, List<?> arguments, long timeoutNanos) throws InterruptedException {
            if (timeoutNanos <= 0) {
                throw new AttemptException(Kind.TIMEOUT, false, endpoint.address() + ": no time to send", null);
            }
            CompletableFuture<List<@Nullable Object>> reply = new CompletableFuture<>();
            long mine = sync.incrementAndGet();
            inFlight.put(mine, reply);
            try {
                if (!links.contains(this)) {
                    throw AttemptException.notSent(endpoint.address() + ": connection closed", null);
                }
                calls.computeIfAbsent(procedure, name -> new AtomicInteger()).incrementAndGet();
                Behaviour behaviour = behaviours.get(procedure);
                if (behaviour == null) {
                    throw serverError(33);
                }
                behaviour.answer(arguments, reply);
                return new MemoryResult(reply.get(timeoutNanos, TimeUnit.NANOSECONDS));
            } catch (TimeoutException e) {
                throw new AttemptException(Kind.TIMEOUT, true, endpoint.address() + ": no reply", null);
            } catch (ExecutionException e) {
                throw (AttemptException) e.getCause();
            } finally {
                inFlight.remove(mine);
            }
        }

        @Override
        public ServerTransaction begin(Isolation isolation, long longest, long timeoutNanos)
                throws InterruptedException {
            longestNanos = longest;
            call(BEGIN, List.of(isolation), timeoutNanos);
            return new ServerTransaction() {
                @Override
                public Result call(String procedure, List<?> arguments, long nanos, @Nullable Consumer<Result> onPush)
                        throws InterruptedException {
                    return Link.this.call(procedure, arguments, nanos);
                }

                @Override
                public void commit(long nanos) throws InterruptedException {
                    Link.this.call(COMMIT, List.of(), nanos);
                }

                @Override
                public void rollback(long nanos) throws InterruptedException {
                    Link.this.call(ROLLBACK, List.of(), nanos);
                }

                @Override
                public void abandon() {
                    calls.computeIfAbsent(ROLLBACK, name -> new AtomicInteger()).incrementAndGet();
                }
            };
        }

        @Override
        public Result eval(String expression, List<?> arguments, long timeoutNanos) {
            throw new UnsupportedOperationException("the core evaluates nothing");
        }

        @Override
        public void ping(long timeoutNanos) {
            throw new UnsupportedOperationException("the core pings nobody");
        }

        @Override
        public KeyWatch watch(String key, Runnable onChange) {
            Watch watch = new Watch(this, key, onChange);
            watches.add(watch);
            watch.changed();
            return watch;
        }

        @Override
        public Result watchOnce(String key, long timeoutNanos) {
            throw new UnsupportedOperationException("the core reads no key once");
        }

        void changed(String key) {
            watches.stream().filter(watch -> watch.key.equals(key)).forEach(Watch::changed);
        }

        @Override
        public String server() {
            return "Tarantool in memory";
        }

        @Override
        public @Nullable UUID instanceUuid() {
            return leadsTo;
        }

        @Override
        public @Nullable String user() {
            return endpoint.user();
        }

        @Override
        public ServerProtocol protocol() {
            return new ServerProtocol(10, features, "chap-sha1");
        }

        @Override
        public String localAddress() {
            return "memory:" + number;
        }

        @Override
        public boolean hasReceivedSince(long nanoTime) {
            return receives;
        }

        @Override
        public long lateReplies() {
            return 0;
        }

        @Override
        public void close() {
            end("closed by the client", Kind.LOST);
        }

        void end(String reason, Kind kind) {
            if (links.remove(this)) {
                inFlight.values()
                        .forEach(reply -> reply.completeExceptionally(
                                new AttemptException(kind, true, endpoint.address() + ": " + reason, null)));
                listener.closed(reason);
            }
        }
    }

    private final class Watch implements KeyWatch {
        private final Link link;
        private final String key;
        private final Runnable onChange;
        private final AtomicBoolean fresh = new AtomicBoolean();

        Watch(Link link, String key, Runnable onChange) {
            this.link = link;
            this.key = key;
            this.onChange = onChange;
        }

        void changed() {
            fresh.set(true);
            onChange.run();
        }

        @Override
        public @Nullable Result next() {
            return fresh.getAndSet(false) ? new MemoryResult(broadcasts.getOrDefault(key, List.of())) : null;
        }

        @Override
        public void close() {
            link.watches.remove(this);
        }
    }
}
