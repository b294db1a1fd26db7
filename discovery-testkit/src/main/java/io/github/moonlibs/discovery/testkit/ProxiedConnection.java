package io.github.moonlibs.discovery.testkit;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * One connection through a {@link FaultProxy}. Each direction has a thread that reads and one that writes, with a queue
 * between them, so a delay does not reduce the throughput.
 */
final class ProxiedConnection {
    private static final int CONNECT_MILLIS = (int) Waiting.BOUND.toMillis();
    private static final int QUEUED = 64;
    private static final int CHUNK = 16 * 1024;

    /** Bytes that arrived together; none: the end. */
    private static final class Chunk {
        final byte[] bytes = new byte[CHUNK];
        int length;
        long arrived;
    }

    private final Link client;
    private final Link server;
    private final ExecutorService pumps = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("fault-proxy-", 0).factory());
    private final AtomicInteger openDirections = new AtomicInteger(2);
    /** The thread that sets it decides how both sides end. */
    private final AtomicBoolean ended = new AtomicBoolean();

    private ProxiedConnection(Link client, Link server) {
        this.client = client;
        this.server = server;
    }

    /** Connects to the server. */
    static ProxiedConnection open(Link client, InetSocketAddress target) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(target, CONNECT_MILLIS);
            return new ProxiedConnection(client, new Link(socket));
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Forwards until the connection has ended. */
    void run(Direction toServer, Direction toClient) {
        try {
            forward(client, server, toServer);
            forward(server, client, toClient);
        } catch (RejectedExecutionException cutAlready) {
            // there is nothing left to forward
        }
        pumps.close();
    }

    private void forward(Link from, Link to, Direction direction) {
        BlockingQueue<Chunk> queue = new ArrayBlockingQueue<>(QUEUED);
        pumps.execute(() -> guarded(() -> read(from, queue)));
        pumps.execute(() -> guarded(() -> write(queue, to, direction)));
    }

    private interface Pump {
        void run() throws IOException, InterruptedException;
    }

    /** If one side ends in any way but FIN, both are reset. */
    private void guarded(Pump pump) {
        try {
            pump.run();
        } catch (IOException | InterruptedException e) {
            reset();
        }
    }

    private static void read(Link from, BlockingQueue<Chunk> queue) throws IOException, InterruptedException {
        Chunk chunk;
        do {
            chunk = new Chunk();
            chunk.length = Math.max(0, from.in().read(chunk.bytes));
            chunk.arrived = System.nanoTime();
            queue.put(chunk);
        } while (chunk.length > 0);
    }

    private void write(BlockingQueue<Chunk> queue, Link to, Direction direction)
            throws IOException, InterruptedException {
        Chunk chunk = queue.take();
        for (; chunk.length > 0; chunk = queue.take()) {
            int sent = 0;
            while (sent < chunk.length) {
                int portion = Math.min(direction.awaitPassage(chunk.arrived), chunk.length - sent);
                to.out().write(chunk.bytes, sent, portion);
                sent += portion;
                direction.passed(portion);
            }
        }
        direction.awaitPassage(chunk.arrived);
        to.endOutput();
        if (openDirections.decrementAndGet() == 0) {
            cut();
        }
    }

    /** Ends both sides with FIN. */
    void cut() {
        end(Link::close);
    }

    /** Ends both sides with RST. */
    void reset() {
        end(Link::reset);
    }

    private void end(Consumer<Link> how) {
        if (ended.compareAndSet(false, true)) {
            how.accept(client);
            how.accept(server);
            pumps.shutdownNow();
        }
    }
}
