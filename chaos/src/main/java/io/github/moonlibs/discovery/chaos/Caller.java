package io.github.moonlibs.discovery.chaos;

import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.chaos.Call.Answer;
import io.github.moonlibs.discovery.chaos.Call.Failure;
import io.github.moonlibs.discovery.chaos.Call.Garbage;
import io.github.moonlibs.discovery.chaos.Call.Outcome;
import io.github.moonlibs.discovery.chaos.Call.Tried;
import io.github.moonlibs.discovery.chaos.Call.Unended;
import io.github.moonlibs.discovery.chaos.Call.Unexpected;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Makes one call after another, and records each. One thread calls; another may ask what has not ended. */
final class Caller {
    /** Most arguments are small; one in that many is not. */
    private static final int LARGE_ONE_IN = 200;

    private static final int SMALL = 500;
    private static final int LARGE = 100_000;
    /** One call in that many takes a while on the node. */
    private static final int SLOW_ONE_IN = 20;

    private static final double SLOW_SECONDS = 0.02;

    private final Service service;
    private final Recorder recorder;
    private final Map<String, String> nodeNames;
    private volatile @Nullable Call open;

    /**
     * Makes no call yet.
     *
     * @param nodeNames the nodes' names by their addresses
     */
    Caller(Service service, Recorder recorder, Map<String, String> nodeNames) {
        this.service = service;
        this.recorder = recorder;
        this.nodeNames = nodeNames;
    }

    /** Calls as the profile says, with arguments drawn at random. */
    void call(Profile profile, RandomGenerator random) {
        int length = random.nextInt(LARGE_ONE_IN) == 0 ? LARGE : random.nextInt(SMALL);
        double seconds = random.nextInt(SLOW_ONE_IN) == 0 ? SLOW_SECONDS : 0;
        call(profile, profile.procedure(), null, Payload.random(random, length), seconds);
    }

    /**
     * Calls.
     *
     * @param onlyNode the one node that serves the procedure; null: all do
     * @param seconds how long the procedure is to take
     */
    void call(Profile profile, Procedure procedure, @Nullable String onlyNode, String payload, double seconds) {
        long number = recorder.nextNumber();
        Call begun = new Call(
                number,
                profile,
                procedure,
                onlyNode,
                Payload.hash(payload),
                Thread.currentThread().isVirtual(),
                recorder.now(),
                0,
                new Unended());
        open = begun;
        Call ended;
        try {
            Result result = service.call(begun.method(), List.of(number, payload, seconds), profile.options());
            ended = ended(begun, result, null);
        } catch (Throwable failure) {
            ended = ended(begun, null, failure);
        }
        open = null;
        recorder.add(ended);
    }

    /** Takes down the call that has not ended, if there is one. */
    void giveUp() {
        Call call = open;
        if (call != null) {
            recorder.add(ended(call, recorder.now(), new Unended()));
        }
    }

    private Call ended(Call call, @Nullable Result result, @Nullable Throwable failure) {
        // before the answer is looked at: that is the caller's work
        long end = recorder.now();
        Outcome outcome = result != null ? read(result) : failure(call, failure);
        return ended(call, end, outcome);
    }

    private static Call ended(Call call, long end, Outcome outcome) {
        return new Call(
                call.number(),
                call.profile(),
                call.procedure(),
                call.onlyNode(),
                call.hash(),
                call.isVirtual(),
                call.start(),
                end,
                outcome);
    }

    private static Outcome read(Result result) {
        try {
            List<@Nullable Object> values = result.values();
            return values.size() == 5
                            && values.get(0) instanceof Long number
                            && values.get(1) instanceof String hash
                            && values.get(2) instanceof String node
                            && values.get(3) instanceof String token
                            && values.get(4) instanceof String echo
                    ? new Answer(number, hash, node, token, Payload.hash(echo))
                    : new Garbage("expected number, hash, node, token and payload, got " + values.size() + " values");
        } catch (ConversionException unreadable) {
            return new Garbage(oneLine(unreadable));
        } catch (Throwable unexpected) {
            return new Unexpected("while its result was read: " + oneLine(unexpected));
        }
    }

    private Outcome failure(Call call, @Nullable Throwable failure) {
        if (!(failure instanceof CallException known)) {
            return new Unexpected(failure == null ? "nothing, and returned no result" : oneLine(failure));
        }
        return new Failure(
                known.getClass().getSimpleName(),
                oneLine(known),
                known.attempts().stream()
                        .map(attempt -> new Tried(
                                nodeNames.getOrDefault(
                                        attempt.node().endpoint().address(),
                                        attempt.node().toString()),
                                call.start() + attempt.start().toNanos(),
                                attempt.duration().toNanos(),
                                attempt.failure() == null
                                        ? "ok"
                                        : attempt.failure().kind().toString()))
                        .toList());
    }

    /** An error's message may hold 200 causes. */
    private static String oneLine(Throwable failure) {
        String message = String.valueOf(failure.getMessage()).replace('\n', ' ');
        String shown = message.length() > 600 ? message.substring(0, 600) + "…" : message;
        return failure instanceof CallException ? shown : failure.getClass().getSimpleName() + ": " + shown;
    }
}
