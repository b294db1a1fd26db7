package io.github.moonlibs.discovery.iproto;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.spi.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A platform thread that calls alone while the process has no file descriptor left; a program of its own. */
public final class FewDescriptors {
    private static final int CALLS = 200;

    private FewDescriptors() {}

    /**
     * Runs in a JVM of its own.
     *
     * @param args the endpoint to call
     */
    public static void main(String[] args) throws Exception {
        try (Transport.Connection connection = new Owner().connect(Endpoint.parse(args[0]))) {
            connection.call("echo", List.of("x"), Owner.SECONDS);
            List<InputStream> open = new ArrayList<>();
            try {
                while (true) {
                    open.add(Files.newInputStream(Path.of("/dev/null")));
                }
            } catch (IOException none) {
                System.out.println(open.size() + " files are open");
            }
            for (int i = 0; i < CALLS; i++) {
                connection.call("echo", List.of("x"), Owner.SECONDS);
            }
            for (InputStream file : open) {
                file.close();
            }
            System.out.println(
                    connection.call("echo", List.of("well"), Owner.SECONDS).get(0));
        }
        System.exit(0);
    }
}
