package io.github.moonlibs.discovery.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Addresses for servers. Each server gets its own if the system allows it (Linux serves all of 127.0.0.0/8). No
 * client's outgoing connection starts there, so none takes the port while the server is down.
 */
final class Loopback {
    private static final boolean WHOLE_NETWORK =
            System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux");
    /** Differs between test processes that run at the same time. */
    private static final int SECOND = 64 + (int) (ProcessHandle.current().pid() % 128);

    private static final AtomicInteger NEXT = new AtomicInteger();

    private Loopback() {}

    static String nextAddress() {
        int number = NEXT.getAndIncrement();
        return WHOLE_NETWORK ? "127." + SECOND + "." + number / 250 % 250 + "." + (1 + number % 250) : "127.0.0.1";
    }

    /** This many different free ports. */
    static List<Integer> freePorts(String host, int count) {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                held.add(new ServerSocket(0, 1, InetAddress.getByName(host)));
            }
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("no free port on " + host, e);
        } finally {
            held.forEach(Loopback::release);
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
