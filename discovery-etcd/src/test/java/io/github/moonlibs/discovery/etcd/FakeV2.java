package io.github.moonlibs.discovery.etcd;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Something that speaks HTTP, and answers reads and polls of API v2 in bad ways. */
final class FakeV2 implements AutoCloseable {
    static final String READ = """
            {"action":"get","node":{"key":"/app","dir":true,"nodes":[{"key":"/app/a","dir":true,"nodes":[
            {"key":"/app/a/box","dir":true,"nodes":[{"key":"/app/a/box/listen","value":"10.0.0.1:3301"}]}]}]}}""";

    /** Writes an answer; what it returns does not matter, and the connection is closed after it. */
    interface Answer {
        void write(OutputStream out) throws IOException, InterruptedException;
    }

    private final ServerSocket server;
    private final Answer read;
    private final Answer poll;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger reads = new AtomicInteger();
    private final List<Long> polls = new CopyOnWriteArrayList<>();

    FakeV2(Answer read, Answer poll) throws IOException {
        this.read = read;
        this.poll = poll;
        server = new ServerSocket();
        server.bind(new InetSocketAddress(InetAddress.getByName("127.0.14.77"), 0));
        Thread.ofVirtual().start(this::accept);
    }

    String endpoint() {
        return server.getInetAddress().getHostAddress() + ":" + server.getLocalPort();
    }

    int reads() {
        return reads.get();
    }

    /** When each poll came, in nanoseconds. */
    List<Long> polls() {
        return polls;
    }

    /** An answer with this status and body. */
    static Answer ok(String status, String body) {
        return out -> out.write(head(status, "Content-Length: " + body.length(), body));
    }

    static byte[] head(String status, String header, String body) {
        return ("HTTP/1.1 " + status + "\r\nConnection: close\r\nX-Etcd-Index: 7\r\n" + header + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.UTF_8);
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            List<String> request = new ArrayList<>();
            Scanner lines = new Scanner(socket.getInputStream(), StandardCharsets.UTF_8);
            for (String line = lines.nextLine(); !line.isEmpty(); line = lines.nextLine()) {
                request.add(line);
            }
            OutputStream out = socket.getOutputStream();
            String first = request.getFirst();
            if (first.contains("/v2/members/leader")) {
                ok("200 OK", "{}").write(out);
            } else if (first.contains("wait=true")) {
                polls.add(System.nanoTime());
                poll.write(out);
            } else {
                reads.incrementAndGet();
                read.write(out);
            }
            out.flush();
        } catch (IOException | InterruptedException | RuntimeException e) {
            // the client has gone
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket each : sockets) {
                each.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
