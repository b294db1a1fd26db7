package io.github.moonlibs.discovery.chaos;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A process that cleans up when this one has ended, however it ended: it kills the nodes that are left, and removes the
 * chain of iptables and the folder of the run. It notices by the pipe between them, which the kernel closes. Thread-safe.
 */
final class Guard implements AutoCloseable {
    private static final String SCRIPT = """
            trap '' INT TERM HUP
            chain=$1 folder=$2 pids=
            while read -r line; do pids=$line; done
            for pid in $pids; do
              case "$(cat /proc/$pid/comm 2>/dev/null)" in tarantool | etcd) kill -KILL "$pid" ;; esac
            done
            while iptables -w 10 -D INPUT -i lo -j "$chain"; do :; done
            iptables -w 10 -F "$chain" && iptables -w 10 -X "$chain"
            rm -rf "$folder"
            """;
    private static final long PATIENCE_SECONDS = 60;

    private final Process process;
    private final OutputStream pipe;

    /**
     * Starts it.
     *
     * @param chain the chain of iptables to remove, whether it is there or not
     * @param folder the folder to remove
     */
    Guard(String chain, Path folder) throws IOException {
        process = new ProcessBuilder("sh", "-c", SCRIPT, "chaos-guard", chain, folder.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        pipe = process.getOutputStream();
    }

    /** Has it know of all nodes that run now. */
    void learnOfNodes() throws IOException {
        String pids = ProcessHandle.current()
                .children()
                .filter(child -> child.pid() != process.pid())
                .map(child -> Long.toString(child.pid()))
                .collect(Collectors.joining(" "));
        // one write, because several threads may have something to say
        pipe.write((pids + "\n").getBytes(StandardCharsets.US_ASCII));
        pipe.flush();
    }

    /** Has it clean up, and waits until it has. */
    @Override
    public void close() throws IOException {
        pipe.close();
        process.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }
}
