package io.github.moonlibs.discovery.chaos;

import io.github.moonlibs.discovery.DiscoveryClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One run, from the first node's start to the verdict. */
final class Run implements AutoCloseable {
    /** Five addresses on which nothing else is likely to listen. */
    private static final String NETWORK = "127.0.7.";
    /** Above every sound reply, and below the poisonous one. */
    private static final int MAX_REPLY_SIZE = 1 << 20;

    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration PROGRESS = Duration.ofSeconds(10);

    private final long seed;
    private final Duration length;
    private final Report report;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final List<Member> members = new ArrayList<>();
    private final Map<String, String> nodeNames = new HashMap<>();

    Run(long seed, Duration length, Report report) {
        this.seed = seed;
        this.length = length;
        this.report = report;
    }

    /** Whether every promise was kept. */
    boolean run() throws Exception {
        Path folder = Files.createTempDirectory("discovery-chaos-");
        Guard guard = keep(new Guard(Firewall.chainName(), folder));
        Firewall firewall = firewall();
        for (int i = 0; i < Schedule.NODES; i++) {
            Member member = keep(Member.start("n" + (i + 1), NETWORK + (i + 1), folder));
            members.add(member);
            nodeNames.put(member.endpoint(), member.name());
        }
        guard.learnOfNodes();
        DiscoveryClient client = keep(DiscoveryClient.builder()
                .endpoints(members.stream().map(Member::endpoint).toArray(String[]::new))
                .maxReplySize(MAX_REPLY_SIZE)
                .connect());
        if (!client.awaitMethod(Procedure.GET.id(), Schedule.NODES, START)) {
            throw new IOException("not all nodes are served after " + START.toSeconds() + " s: " + client.topology());
        }
        Schedule schedule = Schedule.of(seed, length);
        return play(client, guard, firewall, firewall == null ? schedule.withoutFirewall() : schedule, folder);
    }

    private @Nullable Firewall firewall() {
        try {
            return Firewall.open();
        } catch (IOException e) {
            report.line("links are not cut and packets not lost here: " + e.getMessage());
            return null;
        }
    }

    private boolean play(
            DiscoveryClient client, Guard guard, @Nullable Firewall firewall, Schedule schedule, Path folder)
            throws Exception {
        Recorder recorder = new Recorder();
        Watchdogs watchdogs = keep(new Watchdogs(recorder));
        List<Witness> witnesses = new ArrayList<>();
        for (Member member : members) {
            witnesses.add(keep(new Witness(member, recorder)));
        }
        ClientWatch clientWatch = keep(new ClientWatch(client, recorder, nodeNames));
        Callers callers = new Callers(client::call, recorder, nodeNames);
        Conductor conductor = new Conductor(schedule, new Faults(guard, firewall, callers), recorder, report);
        callers.start(seed);
        conductor.start(members, witnesses);
        watchProgress(recorder);
        conductor.awaitEnd();
        callers.stop();

        Leftovers leftovers = new Leftovers(folder, members);
        leftovers.slots(client).forEach(recorder::addLeftover);
        clientWatch.close();
        for (Witness witness : witnesses) {
            witness.close();
        }
        watchdogs.close();
        leftovers.afterClose(client).forEach(recorder::addLeftover);
        History history =
                recorder.history(seed, members.stream().map(Member::name).toList(), executions());
        report.summary(history);
        report.failedCalls(history, Chaos.FOLDER.resolve("failed-calls.log"));
        return report.verdict(
                history,
                Checker.check(history),
                conductor.problems(),
                conductor.played(),
                Chaos.FOLDER.resolve("violations.log"));
    }

    private void watchProgress(Recorder recorder) throws InterruptedException {
        while (recorder.now() < length.toNanos()) {
            Thread.sleep(Math.clamp((length.toNanos() - recorder.now()) / 1_000_000, 1, PROGRESS.toMillis()));
            report.event(recorder.now(), recorder.calls() + " calls, " + recorder.failed() + " without an answer");
        }
    }

    /** What the nodes wrote down, once they have ended: what they have not executed by then they never will. */
    private List<Execution> executions() throws IOException {
        List<Execution> executions = new ArrayList<>();
        for (Member member : members) {
            member.close();
            executions.addAll(member.journal().executions());
        }
        return executions;
    }

    private <T extends AutoCloseable> T keep(T resource) {
        open.push(resource);
        return resource;
    }

    /** Ends everything that the run has begun, the last first. */
    @Override
    public void close() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                report.line("not cleaned up: " + e);
            }
        }
    }
}
