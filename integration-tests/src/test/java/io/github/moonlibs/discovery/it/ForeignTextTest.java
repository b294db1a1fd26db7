package io.github.moonlibs.discovery.it;

import static io.github.moonlibs.discovery.testkit.Waiting.until;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.DiscoveryException;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.TopologySnapshot;
import io.github.moonlibs.discovery.spi.TopologySource;
import io.github.moonlibs.discovery.testkit.EtcdServer;
import io.github.moonlibs.discovery.testkit.EtcdWriter;
import io.github.moonlibs.discovery.testkit.FakeError;
import io.github.moonlibs.discovery.testkit.FakeNode;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Servers, topologies and plug-ins say what moves a cursor, turns the direction of writing, or begins a line, wherever they
 * can say anything. It is looked for, as it came, in everything that comes out.
 */
@Isolated("logs and records everything")
@Timeout(600)
class ForeignTextTest {
    private static final String FORGED = "ERROR forged";
    private static final String EVIL = "x\r\n" + FORGED + "\n\u001b[2J\u0007\u009b2J\u202e\u2066\u2028\u200b";

    @TempDir
    private Path directory = Path.of("none");

    private void assertNothingOf(Outlets outlets) throws Exception {
        List<Outlets.Said> all = outlets.all(directory);
        assertThat(all).extracting(Outlets.Said::text).anyMatch(text -> text.contains(FORGED));
        assertThat(all)
                .filteredOn(line -> isUnsafe(line.text()))
                .extracting(Outlets.Said::shortened)
                .isEmpty();
    }

    private static boolean isUnsafe(String text) {
        return text.codePoints()
                        .anyMatch(c -> c != '\n'
                                && c != '\t'
                                && (Character.getType(c) == Character.CONTROL
                                        || Character.getType(c) == Character.FORMAT
                                        || Character.getType(c) == Character.LINE_SEPARATOR))
                || text.lines().anyMatch(line -> line.startsWith(FORGED));
    }

    private static void ask(Outlets outlets, DiscoveryClient client) {
        CallOptions options = Clients.PATIENT.withMaxAttempts(1).withFailFast(true);
        for (String method : List.of("fails", "lies", EVIL)) {
            try {
                outlets.add("reply", client.call(method, List.of(EVIL), options));
                outlets.add("value", String.valueOf(client.call(method, List.of(EVIL), options, UUID.class)));
            } catch (DiscoveryException failure) {
                outlets.add(failure);
            }
        }
        for (String method : List.of("fails", "lies")) {
            outlets.add("reply", client.callAll(method, List.of(EVIL), options));
        }
        outlets.addClient(client, EVIL);
        Thread.getAllStackTraces().keySet().forEach(thread -> outlets.add("thread", thread));
    }

    private static ClientOptions.Builder options(Outlets outlets) {
        return Clients.patient().observer(outlets.observer).observer(outlets.metrics);
    }

    /** Publishes the instances, fails, and has a name, as a plug-in of somebody's does. */
    private record Source(List<Instance> instances) implements TopologySource {
        @Override
        public void follow(Sink sink) throws InterruptedException {
            sink.publish(instances);
            sink.failed(EVIL);
            new CountDownLatch(1).await();
        }

        @Override
        public String toString() {
            return EVIL;
        }
    }

    @Test
    void whatServersAndSourcesSayComesOutNowhereAsItCame() throws Exception {
        FakeError error = FakeError.of(32, EVIL).withType(EVIL).withFields(Map.of(EVIL, EVIL));
        try (Outlets outlets = new Outlets();
                FakeNode talks = FakeNode.start()
                        .announce(EVIL, 1, true)
                        .announce("fails", 1, true)
                        .announce("lies", 1, true)
                        .announceEntry(EVIL + "1", Map.of("weight", EVIL))
                        .announceEntry(EVIL + "2", EVIL)
                        .announceEntry(
                                "m",
                                Map.of("tier", EVIL, "not_executed", List.of(EVIL, Map.of(EVIL, EVIL)), EVIL, EVIL))
                        .announceAttribute(EVIL, EVIL)
                        .announceAttribute("zone", EVIL)
                        .announceAttribute("term", EVIL)
                        .fail("fails", error.withCause(error))
                        .on("lies", call -> {
                            call.push(EVIL);
                            call.reply(EVIL, Map.of(EVIL, List.of(EVIL)));
                        });
                FakeNode silent = FakeNode.start().fail("api.discovery", error);
                FakeNode greets = FakeNode.start().greeting(greeting());
                FakeNode wrong = FakeNode.start().announceRaw(EVIL)) {
            List.of(talks, silent, greets, wrong).forEach(node -> node.requireLogin(EVIL, ""));
            List<Instance> instances = List.of(
                    instance("talks", talks),
                    instance("silent", silent),
                    instance("greets", greets),
                    instance("wrong", wrong));
            try (DiscoveryClient client =
                    options(outlets).source(new Source(instances)).connect()) {
                until(
                        () -> "all have said something: " + client.topology(),
                        () -> client.routing().routes("fails").size() == 1
                                && client.topology().lastError() != null
                                && client.topology().nodes().stream()
                                        .noneMatch(node -> node.state() == State.CONNECTING));
                ask(outlets, client);
            }
            assertNothingOf(outlets);
        }
    }

    /** 64 bytes with the server's name and 64 bytes with a salt. */
    private static byte[] greeting() {
        String name = "Tarantool \u001b[2J\u0007\u009b2J\r\n" + FORGED + "\u00ad (Binary) ";
        String salt = Base64.getEncoder().encodeToString(new byte[32]);
        return String.format("%-64s%-64s", name, salt).getBytes(ISO_8859_1);
    }

    private static Instance instance(String name, FakeNode node) {
        return new Instance(
                new Endpoint(node.host(), node.port(), null, EVIL, null),
                name + EVIL,
                Map.of("zone", EVIL, EVIL, EVIL));
    }

    /** Whether there is an error, and not one of etcd itself, which may answer too late and has said nothing then. */
    private static boolean isAboutKeys(TopologySnapshot topology, EtcdServer etcd) {
        String error = topology.lastError();
        return error != null && !error.startsWith("etcd " + etcd.endpoint() + ": ");
    }

    @Test
    void whatIsInEtcdComesOutNowhereAsItCame() throws Exception {
        try (Outlets outlets = new Outlets();
                EtcdServer etcd = EtcdServer.start();
                FakeNode node = FakeNode.start().announce("fails", 1, true).announce("lies", 1, true)) {
            EtcdWriter writer = new EtcdWriter(etcd);
            writer.put("/tree/a" + EVIL + "/box/listen", node.endpoint());
            writer.put("/tree/a" + EVIL + "/cluster", EVIL);
            writer.put("/tree/b" + EVIL + "/box/listen", EVIL);
            writer.put("/tree/c" + EVIL + "/box/listen", EVIL + ":3301");
            writer.put("/root/clusters/" + EVIL + "/box/listen", EVIL);
            String quoted = "\""
                    + EVIL.replace("\r\n", "\\r\\n")
                            .replace("\n", "\\n")
                            .replace("\u001b", "\\e")
                            .replace("\u0007", "\\a")
                            .replace("\u009b", "\\x9b")
                            .replace("\u2028", "\\L")
                    + "\"";
            String instance = "groups: {" + quoted + ": {replicasets: {" + quoted + ": {instances: {" + quoted
                    + ": {iproto: {advertise: {client: %s}}, labels: {" + quoted + ": " + quoted + ", dc: [x]}}}}}}}";
            writer.put("/good/config/all" + EVIL, instance.formatted("'" + node.endpoint() + "'"));
            writer.put("/wrong/config/all" + EVIL, instance.formatted(quoted));
            writer.put(
                    "/template/config/all" + EVIL,
                    instance.formatted("\"{{ " + quoted.substring(1, quoted.length() - 1) + " }}:1\""));
            writer.put("/malformed/config/all" + EVIL, "a: !" + quoted + " b\nc: *" + EVIL);
            writer.put("/condition/config/all" + EVIL, "conditional: [{if: " + quoted + "}]");
            for (String place :
                    List.of("tree", "good", "wrong", "template", "malformed", "condition", "root", "none")) {
                String layout = List.of("tree", "root").contains(place) ? "tree" : "yaml";
                try (DiscoveryClient client = options(outlets)
                        .topology("etcd://" + etcd.endpoint() + "/" + place + "?api=v3&layout=" + layout)
                        .connect()) {
                    until(() -> place + ": " + client.topology(), () -> isAboutKeys(client.topology(), etcd));
                    if (client.topology().nodes().isEmpty()) {
                        outlets.add(
                                "snapshot",
                                client.topology() + client.snapshot().toJson());
                    } else {
                        until(
                                () -> place + ": " + client.topology(),
                                () -> client.routing().routes("lies").size() == 1);
                        ask(outlets, client);
                    }
                }
            }
            assertNothingOf(outlets);
        }
    }
}
