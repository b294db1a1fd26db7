package io.github.moonlibs.discovery.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A replicaset whose topology lies in an etcd of three members, under what can happen to etcd. For each trouble it measures
 * how long a write takes to be published, over API v3 and v2, and checks that no call failed and nothing was lost.
 *
 * <p>Usage: {@code EtcdChaos [--times N]}. Exit code 0: so it was; 1: not, or the run broke; 2: wrong arguments.
 */
public final class EtcdChaos {
    /** A member that says nothing any more is left within this time. */
    private static final long LONGEST_NANOS = Duration.ofSeconds(3).toNanos();

    private static final List<String> APIS = List.of("v3", "v2");

    private final int times;
    private final List<String> violations = new ArrayList<>();
    private long calls;

    private EtcdChaos(int times) {
        this.times = times;
    }

    /** Runs, prints a table and a last line, and exits. */
    public static void main(String[] args) throws Exception {
        String times = args.length == 0 ? "3" : args.length == 2 && args[0].equals("--times") ? args[1] : "";
        if (!times.matches("[1-9]\\d?")) {
            System.err.println("etcd: expected --times N, from 1 to 99");
            System.exit(2);
        }
        Files.createDirectories(Chaos.FOLDER);
        LibraryLog.writeTo(Chaos.FOLDER.resolve("library.log"));
        System.exit(new EtcdChaos(Integer.parseInt(times)).run() ? 0 : 1);
    }

    private boolean run() throws IOException {
        Path folder = Files.createTempDirectory("etcd-chaos");
        try (Guard guard = new Guard(Firewall.chainName(), folder)) {
            Firewall firewall = firewall();
            System.out.println("| trouble | API v3 | API v2 |\n|---|---|---|");
            for (EtcdTrouble trouble : EtcdTrouble.values()) {
                List<String> cells = new ArrayList<>();
                for (String api : APIS) {
                    boolean isPossible = trouble.isOf(api) && (firewall != null || trouble != EtcdTrouble.CUT_OFF);
                    cells.add(isPossible ? measured(trouble, api, folder, firewall, guard) : "–");
                }
                System.out.println("| " + trouble.description() + " | " + String.join(" | ", cells) + " |");
            }
        }
        violations.forEach(each -> System.out.println("violated: " + each));
        System.out.println("etcd: " + (violations.isEmpty() ? "ok" : "violated") + " troubles="
                + EtcdTrouble.values().length + " times=" + times + " calls=" + calls + " violations="
                + violations.size());
        return violations.isEmpty();
    }

    private static @Nullable Firewall firewall() {
        try {
            return Firewall.open();
        } catch (IOException e) {
            System.out.println("links are not cut: " + e.getMessage());
            return null;
        }
    }

    private String measured(EtcdTrouble trouble, String api, Path folder, @Nullable Firewall firewall, Guard guard) {
        List<Long> published = new ArrayList<>();
        List<Long> left = new ArrayList<>();
        try (EtcdScene scene = new EtcdScene(trouble, api, folder)) {
            for (int i = 0; i < times; i++) {
                guard.learnOfNodes();
                scene.settle();
                trouble.happen(scene, firewall);
                guard.learnOfNodes();
                published.add(scene.publishedAfter());
                scene.leftAfter().ifPresent(left::add);
                trouble.mend(scene, firewall);
            }
            guard.learnOfNodes();
            scene.settle();
            scene.endCalls().forEach(failure -> violations.add(trouble + " " + api + ": " + failure));
            calls += scene.calls();
        } catch (Exception broken) {
            violations.add(trouble + " " + api + ": " + broken);
            return "?";
        }
        if (trouble.isSilence()) {
            if (left.size() < times) {
                violations.add(trouble + " " + api + ": not left each time");
            }
            left.stream()
                    .filter(nanos -> nanos > LONGEST_NANOS)
                    .forEach(nanos -> violations.add(trouble + " " + api + ": left after " + Times.seconds(nanos)));
            return of(published) + "; left after " + of(left);
        }
        return of(published);
    }

    /** The median, and the longest in parentheses. */
    private static String of(List<Long> nanos) {
        List<Long> sorted = new ArrayList<>(nanos);
        Collections.sort(sorted);
        return sorted.isEmpty() ? "?" : millis(sorted.get(sorted.size() / 2)) + " (" + millis(sorted.getLast()) + ")";
    }

    private static String millis(long nanos) {
        return Math.round(nanos / 1e6) + " ms";
    }
}
