package com.example.discovery.demo;

import io.github.moonlibs.discovery.DiscoveryClient;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Hundreds of virtual threads call a replicaset while it loses, gains and changes nodes.
 *
 * <p>Usage: {@code Demo [--etcd] [--columns N]}; with the width of a terminal it paints a live table, without it, it
 * writes lines. With {@code --etcd} its topology is in a real etcd.
 */
public final class Demo {
    private static final List<String> NAMES = List.of("tnt1", "tnt2", "tnt3", "tnt4");
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private Demo() {}

    /** Runs the demo. Exits with 0 if no retriable call failed, none was late, and every change was followed. */
    public static void main(String[] args) throws Exception {
        List<String> options = new ArrayList<>(List.of(args));
        boolean inEtcd = options.remove("--etcd");
        boolean live = options.size() == 2 && options.getFirst().equals("--columns");
        if (!options.isEmpty() && !live) {
            throw new IllegalArgumentException(
                    "expected --etcd, --columns N or nothing, got " + String.join(" ", args));
        }
        if (inEtcd && !EtcdMembership.isAvailable()) {
            System.err.println("demo: no etcd on PATH: install it (Debian: apt-get install etcd-server)");
            System.exit(1);
        }
        PrintStream out = System.out;
        Summary summary;
        try (Display display = live ? new LiveTable(out, Integer.parseInt(options.get(1))) : new PlainLines(out)) {
            LibraryLog.showOn(display);
            summary = play(display, inEtcd);
        }
        System.exit(summary.print(out) ? 0 : 1);
    }

    private static Summary play(Display display, boolean inEtcd) throws Exception {
        display.event(
                Member.canBeReal()
                        ? "starting Tarantool instances"
                        : "no tarantool on PATH: nodes in this process replace Tarantool instances");
        try (Members membership = inEtcd ? new EtcdMembership() : new Membership();
                Member tnt1 = Member.start("tnt1");
                Member tnt2 = Member.start("tnt2");
                Member tnt3 = Member.start("tnt3")) {
            tnt1.readOnly(false);
            List.of(tnt1, tnt2, tnt3).forEach(membership::add);
            try (DiscoveryClient client = membership.connect();
                    Traffic traffic = new Traffic(client);
                    Watch watch = new Watch(client, traffic, display, NAMES)) {
                client.awaitMethod(Method.GET.procedure, 3, PATIENCE);
                traffic.begin();
                watch.begin();
                Stage stage = new Stage(client, traffic, display);
                play(stage, membership, tnt1, tnt2, tnt3);
                return new Summary(traffic, NAMES, stage.asExpected());
            }
        }
    }

    private static void play(Stage stage, Members membership, Member tnt1, Member tnt2, Member tnt3)
            throws InterruptedException {
        stage.scene("tnt1 is the master, tnt2 and tnt3 are replicas", () -> {});
        stage.servedBy("tnt1", "tnt1", "tnt2", "tnt3");

        stage.scene("kill -9 tnt3", tnt3::kill);
        stage.servedBy("tnt1", "tnt1", "tnt2");

        stage.scene("tnt2 becomes the master: tnt1 is made read-only, then tnt2 writable", () -> {
            tnt1.readOnly(true);
            tnt2.readOnly(false);
        });
        stage.servedBy("tnt2", "tnt1", "tnt2");

        stage.scene("tnt3 is started again", tnt3::restart);
        stage.servedBy("tnt2", "tnt1", "tnt2", "tnt3");

        if (membership instanceof EtcdMembership etcd) {
            stage.scene("tnt3 is disabled in etcd", () -> etcd.disable(tnt3));
            stage.servedBy("tnt2", "tnt1", "tnt2");

            stage.scene("tnt3 is enabled in etcd", () -> etcd.enable(tnt3));
            stage.servedBy("tnt2", "tnt1", "tnt2", "tnt3");
        }

        try (Member tnt4 = Member.start("tnt4")) {
            stage.scene("tnt4 is added to the topology", () -> membership.add(tnt4));
            stage.servedBy("tnt2", "tnt1", "tnt2", "tnt3", "tnt4");

            stage.scene("tnt1 is removed from the topology", () -> membership.remove(tnt1));
            stage.servedBy("tnt2", "tnt2", "tnt3", "tnt4");

            stage.scene("tnt4 is removed from the topology", () -> membership.remove(tnt4));
            stage.servedBy("tnt2", "tnt2", "tnt3");
        }
    }
}
