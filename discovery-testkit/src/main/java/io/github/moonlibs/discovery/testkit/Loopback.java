package io.github.moonlibs.discovery.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Addresses and ports for servers of tests, which stay theirs while they are down: on Linux, processes that are at work at
 * the same time get different ones. Safe for use by several threads.
 */
public final class Loopback {
    private static final boolean WHOLE_NETWORK =
            System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux");

    /** From here on there are ports that no system gives to clients or to servers that ask for any port. */
    private static final int FIRST_PORT = 10_000;

    private static final int PORTS = 22_000;

    /** A process begins with so many that no other one begins with. */
    private static final int PORTS_OF_A_PROCESS = PORTS / OwnNetwork.COUNT;

    private static final AtomicInteger ADDRESSES = new AtomicInteger();

    private static final AtomicInteger NEXT_PORT =
            new AtomicInteger((WHOLE_NETWORK ? OwnNetwork.NUMBER : OwnNetwork.WANTED) * PORTS_OF_A_PROCESS);

    private Loopback() {}

    /**
     * An address of its own for a server, if the system allows it: Linux serves all of 127.0.0.0/8. No client's outgoing
     * connection starts there. Elsewhere it is 127.0.0.1.
     */
    public static String nextAddress() {
        int number = ADDRESSES.getAndIncrement();
        return WHOLE_NETWORK
                ? "127." + (OwnNetwork.FIRST + OwnNetwork.NUMBER) + "." + number / 250 % 250 + "." + (1 + number % 250)
                : "127.0.0.1";
    }

    /**
     * The 127.x.0.0/16 of this process, one of many. Tests cut servers off by their addresses, so two processes at work at the
     * same time must not share one. A process owns a network by listening on a certain port in it for as long as it lives.
     */
    static final class OwnNetwork {
        static final int FIRST = 64;
        static final int COUNT = 128;
        static final int WANTED = (int) (ProcessHandle.current().pid() % COUNT);
        private static final int PORT = 26_127;

        private static final ServerSocket CLAIM = claim(WANTED);
        static final int NUMBER = (CLAIM.getInetAddress().getAddress()[1] & 0xff) - FIRST;

        private OwnNetwork() {}

        /** The first free one, counted from the start. */
        static ServerSocket claim(int start) {
            for (int i = 0; i < COUNT; i++) {
                byte[] address = {127, (byte) (FIRST + (start + i) % COUNT), (byte) 255, 1};
                try {
                    return new ServerSocket(PORT, 1, InetAddress.getByAddress(address));
                } catch (BindException taken) {
                    // by another process; the next one may be free
                } catch (IOException e) {
                    throw new UncheckedIOException("can't claim a network of loopback addresses", e);
                }
            }
            throw new IllegalStateException("port " + PORT + " is taken in all of the " + COUNT
                    + " networks 127.64.0.0/16 to 127.191.0.0/16; expected a free one for this process's servers");
        }
    }

    /**
     * This many different ports of the address that are free.
     *
     * @throws UncheckedIOException if there are not so many
     */
    public static List<Integer> freePorts(String host, int count) {
        List<ServerSocket> held = new ArrayList<>();
        try {
            InetAddress address = InetAddress.getByName(host);
            for (int tries = 0; held.size() < count; tries++) {
                if (tries == PORTS) {
                    throw new BindException("ports " + FIRST_PORT + " to " + (FIRST_PORT + PORTS - 1) + " are taken");
                }
                hold(address, FIRST_PORT + Math.floorMod(NEXT_PORT.getAndIncrement(), PORTS), held);
            }
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("no free port on " + host + "; expected " + count, e);
        } finally {
            held.forEach(Loopback::release);
        }
    }

    private static void hold(InetAddress address, int port, List<ServerSocket> held) throws IOException {
        try {
            held.add(new ServerSocket(port, 1, address));
        } catch (BindException taken) {
            // by another server; the next one may be free
        }
    }

    private static void release(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
