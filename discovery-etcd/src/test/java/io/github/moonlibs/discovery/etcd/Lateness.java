package io.github.moonlibs.discovery.etcd;

import io.github.moonlibs.discovery.testkit.Waiting;
import java.util.regex.Pattern;

/** Answers of etcd that come too late, as all do now and then on a busy machine. Only few tests are about them. */
final class Lateness {
    /** Answers that came too late, and nothing else. */
    private static final Pattern LATE = Pattern.compile(
            "(etcd [^; ]+: (expected an answer within \\d+ ms|cannot be reached: [^;]*timed out)[^;]*(; going on with [^;]+)?"
                    + "(; |$))+");

    private Lateness() {}

    /** Something that etcd is asked for. */
    @FunctionalInterface
    interface Request<T> {
        T ask() throws EtcdFailure, InterruptedException;
    }

    /** Whether it reports lateness and nothing else. */
    static boolean isLateness(String failure) {
        return LATE.matcher(failure).matches();
    }

    /** Asks once more while etcd is late, as the follower does. */
    static <T> T untilInTime(Request<T> request) throws EtcdFailure, InterruptedException {
        long end = System.nanoTime() + Waiting.BOUND.toNanos();
        while (true) {
            try {
                return request.ask();
            } catch (EtcdFailure failure) {
                if (!isLateness(failure.getMessage()) || System.nanoTime() - end > 0) {
                    throw failure;
                }
            }
        }
    }
}
