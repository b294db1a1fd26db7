package com.example.discovery.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.testkit.FakeNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** The application as its users see it: started, called over HTTP, shut down. */
class UsersApplicationTest {
    private final FakeNode node = FakeNode.start();
    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeEach
    void announce() {
        node.announce("users.get", 100, true)
                .answer("users.get", args -> args.get(0).equals(42L) ? List.of(List.of(42, "Ann")) : List.of());
        node.announce("users.list", 100, true)
                .answer("users.list", args -> List.of(List.of(List.of(42, "Ann"), List.of(43, "Bob"))));
    }

    @AfterEach
    void close() {
        http.close();
        node.close();
    }

    /** With times that a busy machine needs. */
    private ConfigurableApplicationContext start() {
        return SpringApplication.run(
                UsersApplication.class,
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--discovery.endpoints=" + node.endpoint(),
                "--discovery.start-timeout=60s",
                "--discovery.connect-timeout=60s",
                "--discovery.discovery-timeout=60s",
                "--discovery.call.timeout=60s",
                "--discovery.call.deadline=60s");
    }

    private static URI uri(ConfigurableApplicationContext application, String path) {
        WebServer server = ((WebServerApplicationContext) application).getWebServer();
        assertThat(server).isNotNull();
        int port = server.getPort();
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private HttpResponse<String> get(URI uri) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(60)).build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void usersAreServedOverHttp() throws Exception {
        try (var application = start()) {
            assertThat(get(uri(application, "/users/42")).body()).isEqualTo("{\"id\":42,\"name\":\"Ann\"}");
            assertThat(get(uri(application, "/users")).body()).contains("Ann", "Bob");
            assertThat(get(uri(application, "/users/1")).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void healthSaysWhichNodeServes() throws Exception {
        try (var application = start()) {
            assertThat(get(uri(application, "/actuator/health")).body())
                    .contains("\"" + node.endpoint() + "\":\"serving: announced what it serves\"");
            assertThat(get(uri(application, "/actuator/health/readiness")).statusCode())
                    .isEqualTo(200);
            assertThat(get(uri(application, "/actuator/metrics/discovery.client.calls.active"))
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void shutdownLetsACallFinishThatWaitsForTarantool() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch mayAnswer = new CountDownLatch(1);
        node.answer("users.list", args -> {
            asked.countDown();
            await(mayAnswer);
            return List.of(List.of(List.of(42, "Ann")));
        });
        var application = start();
        Users users = application.getBean(Users.class);
        var call = new FutureTask<>(users::list);
        Thread.ofVirtual().start(call);
        await(asked);
        Thread closing = Thread.ofPlatform().start(application::close);
        mayAnswer.countDown();
        assertThat(call.get(60, TimeUnit.SECONDS)).containsExactly(new User(42, "Ann"));
        assertThat(closing.join(Duration.ofSeconds(60))).isTrue();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
