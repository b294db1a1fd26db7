package io.github.moonlibs.discovery.chaos;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Asks a node over and over whether it is there, on a connection of its own and a thread of its own. */
final class Witness implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 1_000;
    private static final long PAUSE_MILLIS = 100;

    private final Member member;
    private final Recorder recorder;
    private final Thread thread;
    private volatile boolean stopping;
    /** When the last question was sent that was answered. */
    private volatile long answered = -1;

    Witness(Member member, Recorder recorder) {
        this.member = member;
        this.recorder = recorder;
        thread = Thread.ofPlatform()
                .daemon()
                .name("chaos-witness-" + member.name())
                .start(this::watch);
    }

    private void watch() {
        Wire wire = null;
        while (!stopping) {
            wire = ask(wire);
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException closed) {
                break;
            }
        }
        if (wire != null) {
            wire.close();
        }
    }

    private @Nullable Wire ask(@Nullable Wire known) {
        long sent = recorder.now();
        Wire wire = known;
        try {
            if (wire == null) {
                wire = new Wire(member.host(), member.port(), TIMEOUT_MILLIS);
            }
            wire.ping();
            recorder.add(new Probe(member.name(), sent, recorder.now(), true));
            answered = sent;
            return wire;
        } catch (IOException e) {
            recorder.add(new Probe(member.name(), sent, recorder.now(), false));
            if (wire != null) {
                wire.close();
            }
            return null;
        }
    }

    /**
     * Waits until the node has answered a question that was sent after that time.
     *
     * @return whether it has, within the time
     */
    boolean awaitAnswer(long since, long nanos) throws InterruptedException {
        long by = recorder.now() + nanos;
        while (answered < since) {
            if (recorder.now() > by) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS / 10);
        }
        return true;
    }

    @Override
    public void close() {
        stopping = true;
        thread.interrupt();
        Threads.join(thread);
    }
}
