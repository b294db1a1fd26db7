package io.github.moonlibs.discovery.iproto;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.spi.Transport;
import java.util.List;

/** Connects and calls after the transport has been warmed up; a program of its own. */
public final class Rehearsed {
    static final String BEGIN = "warm";
    static final String END = "answered";

    private Rehearsed() {}

    /**
     * Runs in a JVM of its own.
     *
     * @param args the endpoint to call
     */
    public static void main(String[] args) throws Exception {
        Owner owner = new Owner();
        Endpoint endpoint = Endpoint.parse(args[0]);
        new IprotoTransport().warmUp();
        Threads.awaitNone("discovery-io");
        System.out.println(BEGIN);
        try (Transport.Connection connection = owner.connect(endpoint)) {
            Object answer = connection.call("m", List.of(1), Owner.SECONDS).get(0);
            System.out.println(END + " " + answer);
        }
    }
}
