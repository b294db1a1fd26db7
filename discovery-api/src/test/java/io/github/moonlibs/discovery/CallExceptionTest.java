package io.github.moonlibs.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.AttemptException.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CallExceptionTest {
    private static final Instance NODE = Instance.of("storage-1", Endpoint.parse("10.0.0.1:3301"));
    private static final Attempt TIMED_OUT = new Attempt(
            NODE,
            Duration.ofMillis(0),
            Duration.ofMillis(100),
            new AttemptException(Kind.TIMEOUT, true, "10.0.0.1:3301: no reply", null));

    @Test
    void theMessageIsOneLineThatNamesMethodNodesTimesAndOutcomes() {
        TarantoolError inner = new TarantoolError(3, "ClientError", "disk is full", "a.lua", 7, 0, Map.of(), null);
        TarantoolError outer = new TarantoolError(32, "LuajitError", "boom", "", 0, 0, Map.of(), inner);
        Attempt failed = new Attempt(
                NODE, Duration.ofMillis(101), Duration.ofNanos(1_250_000), new ServerException("10.0.0.1:3301", outer));

        assertThat(new CallFailedException(
                        "users.get", "maxAttempts reached", Duration.ofMillis(103), List.of(TIMED_OUT, failed)))
                .hasMessage("users.get: call failed (maxAttempts reached) after 103 ms, 2 attempts: "
                        + "#1 storage-1 (10.0.0.1:3301) +0.0 ms timeout after 100 ms; "
                        + "#2 storage-1 (10.0.0.1:3301) +101 ms error 32 (LuajitError) \"boom\", "
                        + "because of error 3 (ClientError) \"disk is full\" at a.lua:7 after 1.2 ms")
                .hasCause(failed.failure());
    }

    @Test
    void theServersErrorIsTheOneThatTheLastAttemptMet() {
        TarantoolError denied = new TarantoolError(42, "AccessDeniedError", "no", "", 0, 0, Map.of(), null);
        Attempt refused =
                new Attempt(NODE, Duration.ZERO, Duration.ofMillis(1), new ServerException("10.0.0.1:3301", denied));

        assertThat(new CallFailedException("m", "why", Duration.ZERO, List.of(TIMED_OUT, refused)).serverError())
                .isSameAs(denied);
        assertThat(new DeadlineExceededException("m", Duration.ZERO, List.of(refused)).serverError())
                .isSameAs(denied);
        assertThat(new CallFailedException("m", "why", Duration.ZERO, List.of(refused, TIMED_OUT)).serverError())
                .isNull();
        assertThat(new NoRouteException("m", "why", Duration.ZERO, List.of()).serverError())
                .isNull();
    }

    @Test
    void anExceptionCanBeSerializedWithoutItsAttempts() throws IOException, ClassNotFoundException {
        CallException thrown = new DeadlineExceededException("m", Duration.ofMillis(1), List.of(TIMED_OUT));
        CallException read = copied(thrown);
        assertThat(read).hasMessage(thrown.getMessage());
        assertThat(read.attempts()).isEmpty();
        assertThat(read.method()).isEqualTo("m");
    }

    @Test
    void aServersErrorIsStillThereAfterDeserialization() throws IOException, ClassNotFoundException {
        Extension unknown = new Extension((byte) 9, ByteBuffer.wrap(new byte[] {1}));
        TarantoolError inner = new TarantoolError(3, "ClientError", "disk is full", "a.lua", 7, 0, Map.of(), null);
        TarantoolError error = new TarantoolError(
                32,
                "LuajitError",
                "boom",
                "",
                0,
                0,
                Map.of("after", new Interval(0, 0, 0, 1, 0, 0, 0, 0, Interval.Adjust.NONE), "list", List.of(unknown)),
                inner);
        Attempt refused = new Attempt(NODE, Duration.ZERO, Duration.ZERO, new ServerException("10.0.0.1:3301", error));

        TarantoolError read = copied(new CallFailedException("m", "why", Duration.ZERO, List.of(refused)))
                .serverError();
        assertThat(read).isNotNull().hasToString(error.toString());
        assertThat(read.fields())
                .isEqualTo(Map.of("after", error.fields().get("after"), "list", List.of("ext(9, 01)")));
        assertThat(read.cause()).isEqualTo(inner);
    }

    private static CallException copied(CallException thrown) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(thrown);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (CallException) in.readObject();
        }
    }
}
