package io.github.moonlibs.discovery.iproto.wire;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Connects to several addresses of one name, as RFC 8305 has it: each has a head start of 250 ms on the next, a failure
 * starts the next at once, and the first that has greeted and logged in wins. So an address that swallows packets, or a
 * server there that never greets, costs a quarter of a second.
 */
final class AddressRace {
    private static final long HEAD_START_MILLIS = 250;

    /** Connects to one address and logs in. */
    interface Runner {
        Handshake run(InetAddress address, Progress progress) throws IOException, Handshake.RefusedException;
    }

    /** How one address did; of the two one is null. */
    private record Finish(
            InetAddress address,
            @Nullable Handshake handshake,
            @Nullable Throwable failure) {}

    private final List<InetAddress> addresses;
    private final Runner runner;
    private final Progress progress;
    private final BriefThreads threads;
    private final BlockingQueue<Finish> finishes = new LinkedBlockingQueue<>();
    private final AtomicBoolean decided = new AtomicBoolean();
    private final List<Thread> running = new ArrayList<>();
    private final List<Finish> failed = new ArrayList<>();

    AddressRace(List<InetAddress> addresses, Runner runner, Progress progress, BriefThreads threads) {
        this.addresses = addresses;
        this.runner = runner;
        this.progress = progress;
        this.threads = threads;
    }

    /** The order to try them in: the resolver's, but with the families in turn. */
    static List<InetAddress> order(InetAddress... resolved) {
        List<InetAddress> first = new ArrayList<>();
        List<InetAddress> second = new ArrayList<>();
        Arrays.stream(resolved)
                .distinct()
                .forEach(address -> (address.getClass() == resolved[0].getClass() ? first : second).add(address));
        List<InetAddress> order = new ArrayList<>();
        for (int i = 0; i < Math.max(first.size(), second.size()); i++) {
            if (i < first.size()) {
                order.add(first.get(i));
            }
            if (i < second.size()) {
                order.add(second.get(i));
            }
        }
        return order;
    }

    Handshake run() throws IOException, Handshake.RefusedException, InterruptedException {
        Handshake winner = null;
        try {
            winner = awaitWinner();
        } finally {
            boolean lost = winner == null && !decided.compareAndSet(false, true);
            running.forEach(Thread::interrupt);
            if (lost) {
                discardWinner();
            }
        }
        if (winner == null) {
            throw failure();
        }
        return winner;
    }

    private @Nullable Handshake awaitWinner() throws InterruptedException {
        while (failed.size() < addresses.size()) {
            if (running.size() < addresses.size()) {
                start(addresses.get(running.size()));
            }
            boolean more = running.size() < addresses.size();
            Finish finish = more ? finishes.poll(HEAD_START_MILLIS, TimeUnit.MILLISECONDS) : finishes.take();
            if (finish != null && finish.handshake() != null) {
                return finish.handshake();
            }
            if (finish != null) {
                failed.add(finish);
            }
        }
        return null;
    }

    /** One has won while this thread was interrupted; it is about to say so, or has. */
    private void discardWinner() {
        Handshake winner = null;
        boolean interrupted = false;
        while (winner == null) {
            try {
                winner = finishes.take().handshake();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        winner.wire().close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void start(InetAddress address) {
        running.add(threads.start("discovery-connect " + address.getHostAddress(), () -> run(address)));
    }

    private void run(InetAddress address) {
        try {
            Handshake handshake = runner.run(address, step -> progress.at(step + " at " + address.getHostAddress()));
            if (decided.compareAndSet(false, true)) {
                finishes.add(new Finish(address, handshake, null));
            } else {
                handshake.wire().close();
            }
        } catch (IOException | Handshake.RefusedException | RuntimeException | Error e) {
            finishes.add(new Finish(address, null, e));
        }
    }

    private IOException failure() throws Handshake.RefusedException {
        StringJoiner messages = new StringJoiner("; ");
        for (Finish finish : failed) {
            if (finish.failure() instanceof Handshake.RefusedException refused) {
                throw refused;
            }
            boolean named = finish.failure() instanceof ConnectException;
            String message = finish.failure() == null
                    ? ""
                    : String.valueOf(finish.failure().getMessage());
            messages.add(named ? message : finish.address().getHostAddress() + ": " + message);
        }
        IOException failure = new IOException(messages.toString());
        failed.forEach(finish -> failure.addSuppressed(finish.failure()));
        return failure;
    }
}
