package io.github.moonlibs.discovery.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Drops packets of single nodes on the loopback interface, in a chain of iptables of its own that {@link Guard} removes.
 * Thread-safe.
 */
final class Firewall {
    private static final long PATIENCE_SECONDS = 30;

    private final String chain;
    private final Map<String, List<List<String>>> rules = new ConcurrentHashMap<>();

    private Firewall(String chain) {
        this.chain = chain;
    }

    /** The name of the chain of this process. */
    static String chainName() {
        return "DISCOVERY-CHAOS-" + ProcessHandle.current().pid();
    }

    /**
     * Sets the chain up.
     *
     * @throws IOException if that cannot be done here; the message says why
     */
    static Firewall open() throws IOException {
        Firewall firewall = new Firewall(chainName());
        iptables(List.of("-N", firewall.chain));
        iptables(List.of("-I", "INPUT", "-i", "lo", "-j", firewall.chain));
        // whether the kernel has what packets are lost by
        firewall.add("127.255.255.254", rule("-d", "127.255.255.254", "--dport", 1, 0.5));
        firewall.heal("127.255.255.254");
        return firewall;
    }

    /** Drops that share of the packets that go to the node. */
    void dropTo(Member member, double share) throws IOException {
        add(member.endpoint(), rule("-d", member.host(), "--dport", member.port(), share));
    }

    /** Drops that share of the packets that come from the node. */
    void dropFrom(Member member, double share) throws IOException {
        add(member.endpoint(), rule("-s", member.host(), "--sport", member.port(), share));
    }

    /** Drops every packet that goes to a server at this address, or comes from it. */
    void cutOff(String host) throws IOException {
        for (String side : List.of("-d", "-s")) {
            add(host, List.of("-p", "tcp", side, host, "-j", "DROP"));
        }
    }

    /** Drops no packet of the node any more. */
    void heal(Member member) throws IOException {
        heal(member.endpoint());
    }

    private void add(String node, List<String> rule) throws IOException {
        rules.computeIfAbsent(node, key -> new ArrayList<>()).add(rule);
        iptables(command("-A", rule));
    }

    /** Drops no packet of the address any more, or of the endpoint. */
    void heal(String node) throws IOException {
        List<List<String>> added = rules.remove(node);
        if (added != null) {
            for (List<String> rule : added) {
                iptables(command("-D", rule));
            }
        }
    }

    private List<String> command(String what, List<String> rule) {
        List<String> command = new ArrayList<>(List.of(what, chain));
        command.addAll(rule);
        return command;
    }

    private static List<String> rule(String side, String host, String portOption, int port, double share) {
        List<String> rule = new ArrayList<>(List.of("-p", "tcp", side, host, portOption, Integer.toString(port)));
        if (share < 1) {
            String probability = String.format(Locale.ROOT, "%.2f", share);
            rule.addAll(List.of("-m", "statistic", "--mode", "random", "--probability", probability));
        }
        rule.addAll(List.of("-j", "DROP"));
        return rule;
    }

    private static void iptables(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("iptables", "-w", "10"));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(firstLine(output, String.join(" ", command)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            process.destroy();
        }
    }

    private static String firstLine(@Nullable String output, String command) {
        String line = output == null ? "" : output.strip().lines().findFirst().orElse("");
        return line.isEmpty() ? command + " failed" : line;
    }
}
