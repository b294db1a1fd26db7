package io.github.moonlibs.discovery.micrometer;

import static io.github.moonlibs.discovery.testkit.Waiting.BOUND;
import static io.github.moonlibs.discovery.testkit.Waiting.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Hedging;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.spi.ClientObserver.AttemptEnded;
import io.github.moonlibs.discovery.spi.ClientObserver.CallEnded;
import io.github.moonlibs.discovery.spi.ClientObserver.CallStarted;
import io.github.moonlibs.discovery.spi.ClientObserver.RepliedLate;
import io.github.moonlibs.discovery.spi.TopologySource.Sink;
import io.github.moonlibs.discovery.testkit.FakeNode;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The metrics of a client on real sockets; the documentation, the dashboard and the alerts use their right names. */
@NullUnmarked // a null where there should be none fails the test, as it should
@Timeout(300)
class DiscoveryMetricsTest {
    private static final CallOptions PATIENT = CallOptions.defaults().withTimeout(BOUND);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final FakeNode a = FakeNode.start();
    private final FakeNode b = FakeNode.start();
    private DiscoveryClient client;

    @BeforeEach
    void open() throws InterruptedException {
        a.announce("m", 3, true);
        b.announce("m", 1, true);
        client = DiscoveryClient.builder()
                .endpoints(a.endpoint(), b.endpoint())
                // no test is about a node that falls silent
                .discoveryTimeout(BOUND)
                .reconnectDelay(Duration.ofMillis(10))
                .observer(DiscoveryMetrics.of(registry))
                .connect();
        assertThat(client.awaitMethod("m", 2, BOUND)).isTrue();
    }

    @AfterEach
    void close() {
        client.close();
        a.close();
        b.close();
    }

    private Scrape scrape() {
        return Scrape.of(registry.scrape());
    }

    /** Makes everything happen that there are metrics of. */
    private void live() {
        client.call("m", List.of(), PATIENT);
        a.fail("m", 1, "as a test wants it");
        b.fail("m", 1, "as a test wants it");
        assertThatThrownBy(() -> client.call("m", List.of(), PATIENT.withMaxAttempts(2)))
                .isInstanceOf(CallException.class);
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch taken = new CountDownLatch(1);
        // whichever is asked first: a answers when both have been asked, and b when that answer has been taken
        a.on("m", call -> {
            asked.await();
            call.reply();
        });
        b.on("m", call -> {
            asked.countDown();
            taken.await();
            call.reply();
        });
        client.call("m", List.of(), PATIENT.withMaxAttempts(2).withHedging(Hedging.after(Duration.ofMillis(1))));
        taken.countDown();
        until(
                "the loser's reply came late",
                () -> scrape().value("discovery_client_late_replies_total", a.endpoint())
                                + scrape().value("discovery_client_late_replies_total", b.endpoint())
                        == 1);
        assertThatThrownBy(() -> client.call("unknown", List.of(), PATIENT.withFailFast(true)))
                .isInstanceOf(CallException.class);
        a.closeConnections();
        until("a is back", () -> scrape().value("discovery_client_reconnects_total", a.endpoint()) == 1);
    }

    @Test
    void callsAndAttemptsAreCountedByMethodNodeAndOutcome() {
        live();

        Scrape now = scrape();
        assertThat(now.value("discovery_client_calls_seconds_count", "method=\"m\"", "outcome=\"failed\""))
                .isEqualTo(1);
        assertThat(now.value(
                        "discovery_client_calls_seconds_count",
                        "method=\"unknown\"",
                        "outcome=\"no_route\"",
                        "node=\"none\""))
                .isEqualTo(1);
        assertThat(now.value("discovery_client_attempts_seconds_count", a.endpoint(), "outcome=\"server_error\""))
                .isEqualTo(1);
        assertThat(now.value("discovery_client_retries_total", "method=\"m\"")).isEqualTo(1);
        assertThat(now.value("discovery_client_hedges_total", "method=\"m\"")).isEqualTo(1);
    }

    @Test
    void gaugesShowTheNodesAndTheRoutes() {
        until("a serves", () -> scrape().value("discovery_client_node_state", a.endpoint(), "state=\"serving\"") == 1);
        Scrape now = scrape();
        assertThat(now.value("discovery_client_node_state", a.endpoint(), "state=\"down\""))
                .isZero();
        assertThat(now.value("discovery_client_calls_active")).isZero();
        // a caller that waits for a method goes on before observers are notified of its routes
        until(
                "a's weight is shown",
                () -> scrape().value("discovery_client_route_weight", a.endpoint(), "method=\"m\"") == 3);
        until(
                "b's share is shown",
                () -> scrape().value("discovery_client_route_share", b.endpoint(), "method=\"m\"") == 0.25);

        b.withdraw("m");
        until("the route is gone", () -> Double.isNaN(scrape().value("discovery_client_route_weight", b.endpoint())));
    }

    @Test
    void aNodeThatIsRenamedIsShownUnderItsNewName() throws InterruptedException {
        PrometheusMeterRegistry own = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        BlockingQueue<Consumer<Sink>> steps = new LinkedBlockingQueue<>();
        try (DiscoveryClient named = follow(steps, own)) {
            steps.add(sink -> sink.publish(Set.of(named("before"))));
            assertThat(named.awaitMethod("m", 1, BOUND)).isTrue();
            until("it serves", () -> isServing(own, "before"));

            steps.add(sink -> sink.publish(Set.of(named("after"))));
            until("it serves by its new name", () -> isServing(own, "after"));
            until("its old name is gone", () -> !own.scrape().contains("node_state{node=\"before\""));
        }
    }

    private Instance named(String name) {
        Instance node = Instance.of(Endpoint.parse(a.endpoint()));
        return new Instance(node.endpoint(), name, node.labels());
    }

    private static boolean isServing(PrometheusMeterRegistry registry, String node) {
        return Scrape.of(registry.scrape())
                        .value("discovery_client_node_state", "node=\"" + node + "\"", "state=\"serving\"")
                == 1;
    }

    private static DiscoveryClient follow(BlockingQueue<Consumer<Sink>> steps, PrometheusMeterRegistry registry) {
        return DiscoveryClient.builder()
                .source(sink -> {
                    while (true) {
                        steps.take().accept(sink);
                    }
                })
                // there is nothing before the test says something
                .startTimeout(Duration.ZERO)
                .observer(DiscoveryMetrics.of(registry))
                .connect();
    }

    @Test
    void aSourceIsShownAsFailingUntilItPublishesAgain() {
        PrometheusMeterRegistry own = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        BlockingQueue<Consumer<Sink>> steps = new LinkedBlockingQueue<>();
        try (DiscoveryClient unread = follow(steps, own)) {
            assertThat(failing(own)).isZero();
            steps.add(sink -> sink.failed("as a test wants it"));
            until("it fails", () -> failing(own) == 1);
            assertThat(unread.topology().age()).isNull();
            steps.add(sink -> sink.publish(Set.of(named("a"))));
            until("it is well", () -> failing(own) == 0);
        }
    }

    private static double failing(PrometheusMeterRegistry registry) {
        return Scrape.of(registry.scrape()).value("discovery_client_topology_failing");
    }

    @Test
    void aClosedClientLeavesNoGaugesAndTheNextClientWithTheSameTagsHasItsOwn() throws InterruptedException {
        client.close();
        assertThat(registry.getMeters())
                .extracting(meter -> meter.getId().getType())
                .isNotEmpty()
                .doesNotContain(Meter.Type.GAUGE);

        client = DiscoveryClient.builder()
                .endpoints(a.endpoint())
                .observer(DiscoveryMetrics.of(registry))
                .connect();
        assertThat(client.awaitMethod("m", 1, BOUND)).isTrue();
        until("a serves", () -> isServing(registry, a.endpoint()));
        Scrape now = scrape();
        assertThat(now.value("discovery_client_calls_active")).isZero();
        assertThat(now.value("discovery_client_topology_age_seconds")).isNotNaN();
        assertThat(now.value("discovery_client_retry_budget_available")).isPositive();
        assertThat(now.value("discovery_client_node_inflight", b.endpoint())).isNaN();
    }

    @Test
    void methodsAndNodesBeyondTheLimitsCountTogether() {
        SimpleMeterRegistry small = new SimpleMeterRegistry();
        DiscoveryMetrics bounded =
                DiscoveryMetrics.builder(small).maxMethods(3).maxNodes(2).build();
        for (int i = 0; i < 1_000; i++) {
            Instance node = client.topology().nodes().getFirst().instance();
            Instance other = new Instance(node.endpoint(), "n" + i, node.labels());
            bounded.callEnded(new CallEnded("m" + i, 1, other, 0, 0, null));
            bounded.attemptEnded(new AttemptEnded("m" + i, other, 1, null));
            bounded.repliedLate(new RepliedLate(other));
        }

        assertThat(tagValues(small, "method")).containsExactly("m0", "m1", "m2", "other");
        assertThat(tagValues(small, "node")).containsExactly("n0", "n1", "other");
        assertThat(small.get("discovery.client.calls")
                        .tag("method", "other")
                        .timer()
                        .count())
                .isEqualTo(997);
        assertThat(small.get("discovery.client.late.replies")
                        .tag("node", "other")
                        .counter()
                        .count())
                .isEqualTo(998);
    }

    private static Set<String> tagValues(SimpleMeterRegistry registry, String tag) {
        Set<String> values = new TreeSet<>();
        for (Meter meter : registry.getMeters()) {
            if (meter.getId().getTag(tag) != null) {
                values.add(meter.getId().getTag(tag));
            }
        }
        return values;
    }

    @Test
    void everyCallIsAnObservation() {
        List<String> seen = new CopyOnWriteArrayList<>();
        ObservationRegistry observations = ObservationRegistry.create();
        observations.observationConfig().observationHandler(new ObservationHandler<Observation.Context>() {
            @Override
            public void onStop(Observation.Context context) {
                seen.add(Objects.requireNonNullElse(context.getContextualName(), context.getName()) + " "
                        + context.getLowCardinalityKeyValue("method") + " error " + (context.getError() != null)
                        + " inside " + (context.getParentObservation() != null));
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }
        });
        try (DiscoveryClient observed = DiscoveryClient.builder()
                .endpoints(a.endpoint())
                .observer(new DiscoveryObservations(observations))
                .connect()) {
            Observation.createNotStarted("request", observations).observe(() -> observed.call("m", List.of(), PATIENT));
            assertThatThrownBy(() -> observed.call("unknown", List.of(), PATIENT.withFailFast(true)))
                    .isInstanceOf(CallException.class);
        }

        assertThat(seen)
                .containsExactly(
                        "discovery m keyValue(method=m) error false inside true",
                        "request null error false inside false",
                        "discovery unknown keyValue(method=unknown) error true inside false");
        assertThat(observations.getCurrentObservation()).isNull();
    }

    @Test
    void methodsOfObservationsBeyondTheLimitCountTogether() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        ObservationRegistry observations = ObservationRegistry.create();
        observations.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
        DiscoveryObservations observer = new DiscoveryObservations(observations);
        for (int i = 0; i < 1_000; i++) {
            observer.callStarted(new CallStarted("m" + i));
            observer.callEnded(new CallEnded("m" + i, 1, null, 0, 0, null));
        }

        assertThat(tagValues(meters, "method")).hasSize(101).contains("m0", "m99", "other");
    }

    // ---- what people and programs rely on

    private static Path file(String path) {
        Path here = Path.of("").toAbsolutePath();
        while (!Files.exists(here.resolve("dev"))) {
            here = here.getParent();
        }
        return here.resolve(path);
    }

    @Test
    void theDocumentationListsExactlyTheMetersThatExist() throws IOException {
        live();
        Pattern row = Pattern.compile("\\| `(discovery\\.client\\.[a-z.]+)` \\| (\\w+) \\| ([^|]*) \\|.*");
        List<String> documented = Files.readAllLines(file("docs/operations.md")).stream()
                .map(row::matcher)
                .filter(Matcher::matches)
                .map(line -> line.group(1) + " " + line.group(2) + " "
                        + String.join(
                                " ",
                                new TreeSet<>(Arrays.asList(
                                        line.group(3).replace("`", "").split(",? ")))))
                .map(String::strip)
                .sorted()
                .toList();

        assertThat(documented)
                .isEqualTo(registry.getMeters().stream()
                        .map(meter -> meter.getId().getName() + " "
                                + meter.getId().getType().name().toLowerCase(Locale.ROOT) + " "
                                + String.join(
                                        " ",
                                        meter.getId().getTags().stream()
                                                .map(tag -> tag.getKey())
                                                .sorted()
                                                .toList()))
                        .map(String::strip)
                        .distinct()
                        .sorted()
                        .toList());
    }

    @Test
    void everyQueryOfDashboardAndAlertsFindsItsMetricsAndLabels() throws IOException {
        live();
        Scrape now = scrape();
        for (String query : queries()) {
            Matcher selectors = Pattern.compile("(discovery_client_[a-z_]+)(?:\\{([^}]*)})?")
                    .matcher(query);
            Set<String> known = new TreeSet<>(Set.of("job", "instance"));
            Set<String> used = new TreeSet<>();
            while (selectors.find()) {
                assertThat(now.labels()).as(query).containsKey(selectors.group(1));
                known.addAll(now.labels().get(selectors.group(1)));
                if (selectors.group(2) != null) {
                    Pattern.compile("([a-z_]+)[=!]")
                            .matcher(selectors.group(2))
                            .results()
                            .forEach(label -> used.add(label.group(1)));
                }
            }
            Pattern.compile("by \\(([^)]*)\\)")
                    .matcher(query)
                    .results()
                    .forEach(by -> used.addAll(Arrays.asList(by.group(1).split(", *"))));
            assertThat(known).as(query).hasSizeGreaterThanOrEqualTo(2).containsAll(used);
            assertThat(query).contains("discovery_client_");
        }
    }

    @Test
    @Tag("prometheus")
    void aPrometheusAnswersEveryQueryOfDashboardAndAlerts(@TempDir Path folder) throws IOException {
        assumeThat(Prometheus.isInstalled()).as("prometheus is on PATH").isTrue();
        live();
        try (Prometheus prometheus = Prometheus.scraping(registry::scrape, folder)) {
            until("it has scraped twice", () -> prometheus.series("sum_over_time(up[10m]) > 1") == 1);
            for (String query : queries()) {
                String here = query.replace("$job", "test")
                        // on a busy machine two scrapes in time may be far apart
                        .replace("$__rate_interval", "10m")
                        // the thresholds of alerts, which are not to be reached
                        .replaceFirst("(?:[<>]|==) [\\d.]+\\s*$", "");
                until(
                        () -> "series of " + here + "; the last answer was " + prometheus.series(here),
                        () -> prometheus.series(here) > 0);
            }
        }
    }

    private static List<String> queries() throws IOException {
        List<String> queries = new ArrayList<>(fieldsOf(file("docs/operations/dashboard.json"), "expr"));
        assertThat(queries).hasSizeGreaterThan(20);
        Matcher rules = Pattern.compile("(?s)expr:(?: \\|\n)?(.*?)\n +(?:for|labels):")
                .matcher(Files.readString(file("docs/operations/alerts.yml")));
        List<String> alerts = rules.results().map(rule -> rule.group(1)).toList();
        assertThat(alerts).hasSize(9);
        queries.addAll(alerts);
        return queries;
    }

    private static List<String> fieldsOf(Path file, String name) throws IOException {
        List<String> found = new ArrayList<>();
        try (JsonParser json = new JsonFactory().createParser(file.toFile())) {
            while (json.nextToken() != null) {
                if (json.currentToken() == JsonToken.FIELD_NAME
                        && json.currentName().equals(name)) {
                    json.nextToken();
                    found.add(json.getText());
                }
            }
        }
        return found;
    }
}
