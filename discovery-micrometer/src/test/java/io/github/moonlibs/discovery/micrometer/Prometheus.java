package io.github.moonlibs.discovery.micrometer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.moonlibs.discovery.testkit.Loopback;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Supplier;

/** A real Prometheus that scrapes one target every second, where it is installed. */
final class Prometheus implements AutoCloseable {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    private final ServerSocket target;
    private final Process process;
    private final String address;

    private Prometheus(ServerSocket target, Process process, String address) {
        this.target = target;
        this.process = process;
        this.address = address;
    }

    static boolean isInstalled() {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "prometheus")));
    }

    /**
     * Starts one.
     *
     * @param folder where it may write
     */
    static Prometheus scraping(Supplier<String> metrics, Path folder) throws IOException {
        ServerSocket target = new ServerSocket(0, 50, HERE);
        Thread.startVirtualThread(() -> serve(target, metrics));
        Path configuration = Files.writeString(folder.resolve("prometheus.yml"), """
                        scrape_configs:
                          - job_name: test
                            scrape_interval: 1s
                            scrape_timeout: 1s
                            static_configs: [{ targets: ['127.0.0.1:%d'] }]
                        """.formatted(target.getLocalPort()));
        String host = Loopback.nextAddress();
        String address = host + ":" + Loopback.freePorts(host, 1).getFirst();
        Process process = new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + configuration,
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.listen-address=" + address)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        return new Prometheus(target, process, address);
    }

    private static void serve(ServerSocket target, Supplier<String> metrics) {
        while (!target.isClosed()) {
            try (Socket scraper = target.accept()) {
                BufferedReader request = new BufferedReader(new InputStreamReader(scraper.getInputStream(), UTF_8));
                String line = request.readLine();
                while (line != null && !line.isEmpty()) {
                    line = request.readLine();
                }
                OutputStream reply = scraper.getOutputStream();
                reply.write(("HTTP/1.0 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n\r\n" + metrics.get())
                        .getBytes(UTF_8));
            } catch (IOException gone) {
                // the scraper, which comes again, or the target, which ends this
            }
        }
    }

    /** How many series the query has now; -1 if it does not answer, or refuses it. */
    int series(String query) {
        URI question = URI.create("http://" + address + "/api/v1/query?query=" + URLEncoder.encode(query, UTF_8));
        try (InputStream answer = question.toURL().openStream();
                JsonParser json = new JsonFactory().createParser(answer)) {
            int series = 0;
            while (json.nextToken() != null) {
                if (json.currentToken() == JsonToken.FIELD_NAME
                        && json.currentName().equals("metric")) {
                    series++;
                }
            }
            return series;
        } catch (IOException notYetOrRefused) {
            return -1;
        }
    }

    @Override
    public void close() throws IOException {
        target.close();
        process.destroyForcibly().onExit().join();
    }
}
