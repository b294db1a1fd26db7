package io.github.moonlibs.discovery.iproto.codec;

import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.types.Types;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The cost of writing a call, and of reading the result of {@code users.get}: an id, a name and an address. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CodecBenchmark {
    private static final List<Integer> ARGUMENTS = List.of(42);

    /** As Tarantool 2.6 sends it: code 0, sync 7, schema version 80; 42, "user", "user@example.com". */
    private static final byte[] REPLY = HexFormat.of()
            .parseHex("8300ce0000000001cf000000000000000705ce00000050" + "8130dd000000032a" + "a475736572"
                    + "b075736572406578616d706c652e636f6d");

    private final Result result = decoded();

    /** The record that the three values are read as. */
    public record User(long id, String name, String address) {}

    private static Result decoded() {
        try {
            return ServerPacket.decode(REPLY.clone()).result(Types.plain(), "users.get");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A call with one argument, as bytes. */
    @Benchmark
    public Object encodeCall() {
        return Request.call(Types.plain(), "users.get", ARGUMENTS);
    }

    /** Reads the header of a reply, and skims its values without decoding any. */
    @Benchmark
    public Object decodeReply() throws IOException {
        return ServerPacket.decode(REPLY).result(Types.plain(), "users.get");
    }

    /** All values as a list. */
    @Benchmark
    public Object readValues() {
        return result.values();
    }

    /** The second of three values as a string. */
    @Benchmark
    public @Nullable Object readValue() {
        return result.get(1, String.class);
    }

    /** All values as a record. */
    @Benchmark
    public Object readRecord() {
        return result.asRow(User.class);
    }
}
