package io.github.moonlibs.discovery.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.testkit.EtcdServer;
import io.github.moonlibs.discovery.testkit.EtcdWriter;
import io.github.moonlibs.discovery.testkit.Waiting;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Changes in a healthy etcd are followed, in every layout and API. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EtcdTopologyTest {
    private static final String YAML = """
            groups: {g: {replicasets: {r: {leader: a, instances: {%s}}}}}
            """;
    private final AtomicInteger prefixes = new AtomicInteger();
    private final EtcdServer server = EtcdServer.start();
    private final EtcdWriter etcd = new EtcdWriter(server);

    @AfterAll
    void stopEtcd() {
        server.close();
    }

    private String application() {
        return "/app" + prefixes.incrementAndGet();
    }

    private Following follow(String prefix, String parameters) {
        return new Following("etcd://" + server.endpoint() + prefix + "?" + parameters);
    }

    private Following follow(String prefix, String parameters, LastGood good) {
        return new Following("etcd://" + server.endpoint() + prefix + "?" + parameters, good, instances -> {});
    }

    @Test
    void aTreeInApiV3IsFollowed() throws Exception {
        String application = application();
        String instances = application + "/instances";
        etcd.put(instances + "/a/box/listen", "10.0.0.1:3301");
        etcd.put(instances + "/a/cluster", "main");
        try (Following following = follow(instances + "/", "api=auto").awaits("a (10.0.0.1:3301)")) {
            etcd.put(instances + "/b/box/listen", "10.0.0.2:3301");
            following.awaits("a (10.0.0.1:3301)", "b (10.0.0.2:3301)");
            etcd.put(instances + "/a/disabled", "true");
            following.awaits("b (10.0.0.2:3301)");
            etcd.put(instances + "/a/disabled", "false");
            following.awaits("a (10.0.0.1:3301)", "b (10.0.0.2:3301)");
            etcd.put(instances + "/b/box/remote_addr", "10.0.0.3:3301");
            following.awaits("a (10.0.0.1:3301)", "b (10.0.0.3:3301)");
            etcd.deleteBelow(instances + "/b/");
            following.awaits("a (10.0.0.1:3301)");
            etcd.put(application + "/clusters/main/master", "a");
            Waiting.until(
                    "a is master",
                    () -> "true"
                            .equals(following.instances().getFirst().labels().get("master")));
            assertThat(following.failures()).isEmpty();
        }
    }

    @Test
    void aTreeInApiV2IsFollowed() throws Exception {
        String application = application();
        String instances = application + "/instances";
        etcd.putV2(instances + "/a/box/listen", "10.0.0.1:3301");
        etcd.putV2(instances + "/a/cluster", "main");
        try (Following following = follow(instances, "api=auto").awaits("a (10.0.0.1:3301)")) {
            etcd.putV2(instances + "/b/box/listen", "10.0.0.2:3301");
            following.awaits("a (10.0.0.1:3301)", "b (10.0.0.2:3301)");
            etcd.putV2(instances + "/a/disabled", "yes");
            following.awaits("b (10.0.0.2:3301)");
            etcd.deleteV2(instances + "/a/disabled");
            following.awaits("a (10.0.0.1:3301)", "b (10.0.0.2:3301)");
            etcd.putV2(instances + "/b/box/remote_addr", "10.0.0.3:3301");
            following.awaits("a (10.0.0.1:3301)", "b (10.0.0.3:3301)");
            etcd.deleteV2(instances + "/b");
            following.awaits("a (10.0.0.1:3301)");
            etcd.putV2(application + "/clusters/main/master", "a");
            Waiting.until(
                    "a is master",
                    () -> "true"
                            .equals(following.instances().getFirst().labels().get("master")));
            assertThat(following.failures()).isEmpty();
        }
    }

    @Test
    void yamlDocumentsAreFollowed() throws Exception {
        String application = application();
        String a = "a: {iproto: {advertise: {client: host1:3301}}}, ";
        etcd.put(application + "/config/all", YAML.formatted(a));
        try (Following following = follow(application, "layout=auto").awaits("a (host1:3301)")) {
            etcd.put(application + "/config/more", YAML.formatted("b: {iproto: {advertise: {client: host2:3301}}}"));
            following.awaits("a (host1:3301)", "b (host2:3301)");
            etcd.put(application + "/config/all", YAML.formatted("a: {iproto: {advertise: {client: host3:3301}}}"));
            following.awaits("a (host3:3301)", "b (host2:3301)");
            etcd.delete(application + "/config/more");
            following.awaits("a (host3:3301)");
            assertThat(following.failures()).isEmpty();
        }
    }

    @Test
    void aMalformedDocumentChangesNothingAndIsReportedOnce() throws Exception {
        String application = application();
        String good = YAML.formatted("a: {iproto: {advertise: {client: host1:3301}}}");
        etcd.put(application + "/config/all", good);
        try (Following following = follow(application, "layout=yaml").awaits("a (host1:3301)")) {
            int before = following.published().size();
            etcd.put(application + "/config/all", "groups: [");
            following.awaitsFailure("key " + application + "/config/all: expected a YAML document: line 1: ");
            etcd.put(application + "/config/all", "groups: [");
            etcd.put(application + "/config/all", good.replace("host1", "host2"));
            following.awaits("a (host2:3301)");
            assertThat(following.published()).hasSize(before + 1);
            assertThat(following.failures()).hasSize(1);
        }
    }

    @Test
    void whatWasGoodOutlivesAMalformedDocumentAndARestartOfTheFollower() throws Exception {
        String application = application();
        String good = YAML.formatted("a: {iproto: {advertise: {client: host1:3301}}}");
        etcd.put(application + "/config/all", good);
        LastGood known = new LastGood();
        try (Following following = follow(application, "layout=yaml", known).awaits("a (host1:3301)")) {
            etcd.put(application + "/config/all", "!!%20 x");
            following.awaitsFailure("key " + application + "/config/all: expected ");
        }
        try (Following restarted = follow(application, "layout=yaml", known)) {
            restarted.awaitsFailure("key " + application + "/config/all: expected ");
            etcd.put(application + "/config/all", good.replace("host1:3301", "'{{context.ip}}:3301'"));
            restarted
                    .awaits("a (host1:3301)")
                    .awaitsFailure(
                            "instance a is kept at host1:3301",
                            "groups.g.replicasets.r.instances.a.iproto.advertise.client: {{ context.ip }}: expected");
        }
    }

    @Test
    void anErrorEndsOneRoundAndIsReported() throws Exception {
        String application = application();
        etcd.put(application + "/a/box/listen", "10.0.0.1:3301");
        Following.Failing failing = new Following.Failing(new OutOfMemoryError("as if"), 2);
        try (Following following =
                new Following("etcd://" + server.endpoint() + application, new LastGood(), failing)) {
            assertThat(following.awaitsFailure("this round failed"))
                    .isEqualTo("etcd " + server.endpoint() + ": this round failed: java.lang.OutOfMemoryError: as if");
            following.awaits("a (10.0.0.1:3301)");
            etcd.put(application + "/b/box/listen", "10.0.0.2:3301");
            following.awaits("a (10.0.0.1:3301)", "b (10.0.0.2:3301)");
        }
    }

    @Test
    void anInstanceKeepsItsLastGoodAddressWhenTheNewOneIsUnusable() throws Exception {
        String instances = application() + "/instances";
        etcd.put(instances + "/a/box/listen", "10.0.0.1:3301");
        etcd.put(instances + "/b/box/listen", "10.0.0.2:3301");
        try (Following following = follow(instances, "layout=tree").awaits("a (10.0.0.1:3301)", "b (10.0.0.2:3301)")) {
            etcd.put(instances + "/a/box/listen", "0.0.0.0:3301");
            assertThat(following.awaitsFailure("instance a is kept at 10.0.0.1:3301"))
                    .contains("key " + instances + "/a/box/listen: \"0.0.0.0:3301\" is where to listen");
            etcd.put(instances + "/c/box/listen", "nonsense");
            following.awaitsFailure("instance c is skipped: key " + instances + "/c/box/listen: ");
            following.awaits("a (10.0.0.1:3301)", "b (10.0.0.2:3301)");
            etcd.deleteBelow(instances + "/a/");
            following.awaits("b (10.0.0.2:3301)");
        }
    }

    @Test
    void anEmptyPlaceIsReportedAndFollowedWhenItIsFilled() throws Exception {
        String application = application();
        try (Following following = follow(application, "refresh=1s")) {
            assertThat(following.awaitsFailure("there is no instance"))
                    .isEqualTo(
                            "etcd: etcd://" + server.endpoint() + application + "/: there is no instance; expected some"
                                    + " in " + application + "/config/ (API V3, layout YAML), " + application
                                    + "/ (API V3, layout TREE), " + application + "/ (API V2, layout TREE)");
            etcd.putV2(application + "/a/box/listen", "10.0.0.1:3301");
            following.awaits("a (10.0.0.1:3301)");
            assertThat(following.published().getFirst()).isEmpty();
            assertThat(following.failures()).hasSize(1);
        }
    }

    @Test
    void aSelectionThatMatchesNothingIsReported() throws Exception {
        String instances = application() + "/instances";
        etcd.put(instances + "/a/box/listen", "10.0.0.1:3301");
        etcd.put(instances + "/a/cluster", "main");
        try (Following following = follow(instances, "cluster=mian")) {
            following.awaitsFailure(
                    "etcd: " + instances + "/: none of the 1 instances there is selected by cluster=mian");
        }
        try (Following following = follow(instances, "cluster=main")) {
            following.awaits("a (10.0.0.1:3301)");
        }
    }

    @Test
    void aNamespacePrecedesThePrefix() throws Exception {
        String namespace = application();
        etcd.put(namespace + "/instances/a/box/listen", "10.0.0.1:3301");
        try (Following following =
                follow("/instances", "namespace=" + namespace).awaits("a (10.0.0.1:3301)")) {
            etcd.put(namespace + "/instances/b/box/listen", "10.0.0.2:3301");
            following.awaits("a (10.0.0.1:3301)", "b (10.0.0.2:3301)");
        }
    }

    @Test
    void followingContinuesAfterACompaction() throws Exception {
        String instances = application() + "/instances";
        etcd.put(instances + "/a/box/listen", "10.0.0.1:3301");
        try (Following following = follow(instances, "refresh=1s").awaits("a (10.0.0.1:3301)")) {
            etcd.put(instances + "/b/box/listen", "10.0.0.2:3301");
            etcd.put(instances + "/stray", "x");
            etcd.compact();
            following.awaits("a (10.0.0.1:3301)", "b (10.0.0.2:3301)");
            int before = following.published().size();
            Waiting.until("it was read again", () -> following.published().size() > before);
            assertThat(following.failures()).isEmpty();
        }
    }

    /** There is a pause before each publication but the first one, however fast or slow the changes are written. */
    @Test
    void manyChangesAreGathered() throws Exception {
        String instances = application() + "/instances";
        etcd.put(instances + "/a/box/listen", "10.0.0.1:1000");
        try (Following following = follow(instances, "layout=tree").awaits("a (10.0.0.1:1000)")) {
            long start = System.nanoTime();
            for (int port = 1; port <= 300; port++) {
                etcd.put(instances + "/a/box/listen", "10.0.0.1:" + port);
            }
            following.awaits("a (10.0.0.1:300)");
            long pauses = (System.nanoTime() - start) / Follower.GATHER.toNanos();
            assertThat((long) following.published().size()).isLessThanOrEqualTo(1 + pauses);
        }
    }
}
