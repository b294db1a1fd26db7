package io.github.moonlibs.discovery.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Plays a schedule: the timeline of every node, and that of the poison, on a thread of its own. */
final class Conductor {
    /** Between two faults of a node, if the first took longer than was planned. */
    private static final long LEAST_GAP = Times.millis(500);
    /** How long a node may take to answer once its fault is over. */
    private static final long PATIENCE = Times.millis(60_000);

    private final Schedule schedule;
    private final Faults faults;
    private final Recorder recorder;
    private final Report report;
    private final AtomicInteger played = new AtomicInteger();
    private final Queue<String> problems = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();

    Conductor(Schedule schedule, Faults faults, Recorder recorder, Report report) {
        this.schedule = schedule;
        this.faults = faults;
        this.recorder = recorder;
        this.report = report;
    }

    void start(List<Member> members, List<Witness> witnesses) {
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get(i);
            Witness witness = witnesses.get(i);
            List<PlannedFault> plan = schedule.of(i);
            threads.add(Thread.ofPlatform()
                    .daemon()
                    .name("chaos-faults-" + member.name())
                    .start(() -> play(plan, member, witness)));
        }
        threads.add(Thread.ofPlatform().daemon().name("chaos-poison").start(this::poison));
    }

    private void play(List<PlannedFault> plan, Member member, Witness witness) {
        long free = 0;
        for (PlannedFault planned : plan) {
            long begin = 0;
            try {
                sleepUntil(Math.max(planned.at().toNanos(), free));
                if (recorder.now() >= schedule.length().toNanos()) {
                    return;
                }
                begin = recorder.now();
                inflict(planned, member, begin, witness);
                free = recorder.now() + LEAST_GAP;
            } catch (Exception broken) {
                // what its node cannot do any more is no fault of the library
                recorder.add(new Trouble(member.name(), planned.kind(), begin, Long.MAX_VALUE));
                problems.add(planned + ": " + broken);
                return;
            }
        }
    }

    private void inflict(PlannedFault planned, Member member, long begin, Witness witness) throws Exception {
        report.event(begin, member + ": " + planned.what());
        played.incrementAndGet();
        Fault fault = faults.of(planned, member);
        fault.begin();
        TimeUnit.NANOSECONDS.sleep(planned.length().toNanos());
        fault.end();
        if (!witness.awaitAnswer(recorder.now(), PATIENCE)) {
            throw new IllegalStateException("no answer for " + Times.seconds(PATIENCE) + " after its end");
        }
        long end = recorder.now();
        recorder.add(new Trouble(member.name(), planned.kind(), begin, end));
        report.event(end, member + ": well again");
    }

    private void poison() {
        try {
            for (PlannedFault planned : schedule.of(-1)) {
                sleepUntil(planned.at().toNanos());
                report.event(recorder.now(), "a call of " + planned.kind());
                played.incrementAndGet();
                faults.poison(planned.kind());
            }
        } catch (InterruptedException e) {
            problems.add("the poison was interrupted");
        }
    }

    private void sleepUntil(long time) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(time - recorder.now());
    }

    /** Waits until all is over and undone. */
    void awaitEnd() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** How many faults there were. */
    int played() {
        return played.get();
    }

    /** What went wrong with the faults themselves. */
    List<String> problems() {
        return List.copyOf(problems);
    }
}
