package io.github.moonlibs.discovery.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.api.WatchResponse;
import io.github.moonlibs.discovery.testkit.EtcdServer;
import io.github.moonlibs.discovery.testkit.EtcdWriter;
import io.github.moonlibs.discovery.testkit.Waiting;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever speaks API v2 at an endpoint, it is left for a good one, and is not asked in a hot loop. */
@Execution(ExecutionMode.CONCURRENT)
class HostileServerTest {
    private static final String A = "a (10.0.0.1:3301)";
    private static final String HALF = FakeV2.READ.substring(0, FakeV2.READ.length() / 2);
    private static final FakeV2.Answer SILENT = out -> Thread.sleep(60_000);
    private static final FakeV2.Answer GOOD = FakeV2.ok("200 OK", FakeV2.READ);

    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Etcd-Index: 7\r\n\r\n";

    private static EtcdServer etcd;

    @BeforeAll
    static void start() {
        etcd = EtcdServer.start();
        EtcdWriter writer = new EtcdWriter(etcd);
        writer.putV2("/app/a/box/listen", "10.0.0.1:3301");
        // which no fake one has
        writer.putV2("/app/b/box/listen", "10.0.0.2:3301");
    }

    @AfterAll
    static void stop() {
        etcd.close();
    }

    /** Writes the beginning, and then the same again and again, as fast as it is read. */
    private static FakeV2.Answer endless(String beginning, String repeated) {
        byte[] many = repeated.repeat((1 << 16) / repeated.length()).getBytes(StandardCharsets.UTF_8);
        return out -> {
            out.write(beginning.getBytes(StandardCharsets.UTF_8));
            while (true) {
                out.write(many);
            }
        };
    }

    enum Reading {
        HALF_OF_A_BODY(out -> {
            out.write(FakeV2.head("200 OK", "Content-Length: " + FakeV2.READ.length(), HALF));
            Thread.sleep(60_000);
        }),
        A_BYTE_FROM_TIME_TO_TIME(out -> {
            out.write(FakeV2.head("200 OK", "Content-Length: " + FakeV2.READ.length(), ""));
            for (byte each : FakeV2.READ.getBytes(StandardCharsets.UTF_8)) {
                out.write(each);
                out.flush();
                Thread.sleep(500);
            }
        }),
        NO_END(out -> {
            out.write(FakeV2.head("200 OK", "Other: x", ""));
            while (true) {
                out.write(new byte[1 << 16]);
            }
        }),
        NO_HEADERS(SILENT),
        AN_ENDLESS_HEADER(endless("HTTP/1.1 200 OK\r\nX: ", "x")),
        A_STATUS_WITHOUT_AN_END(endless("HTTP/1.1 200 ", "x")),
        HEADERS_WITHOUT_AN_END(endless("HTTP/1.1 200 OK\r\n", "X: y\r\n")),
        PATIENCE_WITHOUT_AN_END(endless("", "HTTP/1.1 100 Continue\r\n\r\n")),
        A_CHUNKS_SIZE_WITHOUT_AN_END(endless(CHUNKED, "0")),
        A_CHUNKS_EXTENSION_WITHOUT_AN_END(endless(CHUNKED + "1;", "x")),
        TRAILERS_WITHOUT_AN_END(endless(CHUNKED + "0\r\n", "X: y\r\n")),
        EMPTY_LINES_WITHOUT_AN_END(endless("", "\r\n")),
        A_LENGTH_BELOW_ZERO(out -> out.write(FakeV2.head("200 OK", "Content-Length: -5", FakeV2.READ))),
        A_LENGTH_BEYOND_NUMBERS(out -> out.write(FakeV2.head("200 OK", "Content-Length: 1" + "0".repeat(30), HALF))),
        TWO_LENGTHS(out -> out.write(FakeV2.head("200 OK", "Content-Length: 3\r\nContent-Length: 900", FakeV2.READ))),
        A_REDIRECTION(out -> out.write(
                FakeV2.head("302 Found", "Content-Length: 0\r\nLocation: http://127.0.14.77:1/v2/keys/app", ""))),
        ANOTHER_PROTOCOL(out -> {
            out.write(FakeV2.head("101 Switching Protocols", "Upgrade: h2c\r\nConnection: Upgrade", ""));
            Thread.sleep(60_000);
        }),
        COMPRESSED(out -> {
            out.write(FakeV2.head("200 OK", "Content-Encoding: gzip", ""));
            try (GZIPOutputStream zipped = new GZIPOutputStream(out)) {
                zipped.write(FakeV2.READ.getBytes(StandardCharsets.UTF_8));
            }
        }),
        NOTHING_AT_ALL(FakeV2.ok("204 No Content", "")),
        A_NUMBER_OF_MANY_DIGITS(FakeV2.ok("200 OK", "{\"index\":" + "9".repeat(1_000_000) + "}")),
        A_NUMBER_OF_A_LARGE_EXPONENT(FakeV2.ok("200 OK", "{\"errorCode\":1e999999999,\"node\":{}}")),
        A_LONG_NAME(FakeV2.ok("200 OK", "{\"" + "\\u0041".repeat(1_000_000) + "\":1}")),
        NESTED(FakeV2.ok("200 OK", "{\"node\":" + "{\"nodes\":[".repeat(100_000))),
        A_LIST_AS_A_VALUE(FakeV2.ok("200 OK", "{\"action\":\"get\",\"node\":{\"key\":[\"/app/a\"],\"value\":{}}}")),
        UNAVAILABLE(FakeV2.ok("503 Service Unavailable", "")),
        UNAUTHORIZED(FakeV2.ok("401 Unauthorized", "")),
        FORBIDDEN_WITH_GOOD_CONTENT(FakeV2.ok("403 Forbidden", FakeV2.READ));

        @SuppressWarnings("ImmutableEnumChecker") // an answer keeps nothing
        private final FakeV2.Answer answer;

        Reading(FakeV2.Answer answer) {
            this.answer = answer;
        }
    }

    @ParameterizedTest
    @EnumSource
    void anEndpointWhoseReadsAreBadIsLeft(Reading bad) throws Exception {
        try (FakeV2 fake = new FakeV2(bad.answer, SILENT);
                Following following =
                        new Following("etcd://" + fake.endpoint() + "," + etcd.endpoint() + "/app?api=v2")) {
            following.awaits(A, "b (10.0.0.2:3301)");
            following.awaitsFailure("etcd " + fake.endpoint() + ": ");
        }
    }

    enum Polling {
        UNAVAILABLE(FakeV2.ok("503 Service Unavailable", ""), "expected JSON in the answer for /app/, got status 503"),
        UNAUTHORIZED(FakeV2.ok("401 Unauthorized", ""), "expected the credentials of a user that may read /app/"),
        EMPTY(FakeV2.ok("200 OK", ""), ""),
        AN_EVENT_OF_THE_PAST(
                FakeV2.ok(
                        "200 OK",
                        "{\"action\":\"set\",\"node\":{\"key\":\"/app/x\",\"value\":\"y\",\"modifiedIndex\":3}}"),
                "expected an event of /app/ since index 8, got one of 3"),
        HALF_OF_AN_EVENT(
                out -> {
                    out.write(FakeV2.head("200 OK", "Content-Length: 1000", "{\"action\""));
                    out.flush();
                    Thread.sleep(60_000);
                },
                "expected an answer within"),
        NO_HISTORY(FakeV2.ok("400 Bad Request", "{\"errorCode\":401,\"message\":\"outdated\",\"index\":7}"), ""),
        CLOSED(out -> {}, "cannot be reached");

        @SuppressWarnings("ImmutableEnumChecker") // an answer keeps nothing
        private final FakeV2.Answer answer;

        private final String report;

        Polling(FakeV2.Answer answer, String report) {
            this.answer = answer;
            this.report = report;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPollThatEndsEarlyIsReportedAndFollowedByAPause(Polling bad) throws Exception {
        try (FakeV2 fake = new FakeV2(GOOD, bad.answer);
                Following following = new Following("etcd://" + fake.endpoint() + "/app?api=v2")) {
            following.awaits(A);
            assertPauses("it has polled again", fake.polls());
            if (!bad.report.isEmpty()) {
                following.awaitsFailure("etcd " + fake.endpoint() + ": " + bad.report);
            }
            assertThat(following.published()).doesNotContain(List.of());
        }
    }

    /** While a silent leader is asked once more, the others elect another one. */
    @Test
    void aSilentMemberIsNotAskedAgainBeforeThoseThatAnswer() throws Exception {
        AtomicInteger reads = new AtomicInteger();
        FakeV2.Answer first = out -> {
            if (reads.incrementAndGet() < 4) {
                FakeV2.ok("503 Service Unavailable", "").write(out);
            } else {
                GOOD.write(out);
            }
        };
        try (FakeV2 silent = new FakeV2(SILENT, SILENT);
                FakeV2 answers = new FakeV2(first, SILENT);
                Following following = new Following(
                        "etcd://" + silent.endpoint() + "," + answers.endpoint() + "/app?api=v2&refresh=1000s")) {
            following.awaits(A);
            // A read of a silent one is asked for again each second. There are one or two, and four with turns of all.
            // Each time that the other one is late there may be another turn.
            int most = 2 + following.lateAnswers(answers.endpoint());
            assertThat(silent.reads()).isLessThanOrEqualTo(most * Math.toIntExact(Follower.TIMEOUT.toSeconds()));
        }
    }

    /** As one that is lost in a change of leaders. */
    @Test
    void aReadWithoutAnAnswerIsAskedForAgainBesideTheFirstOne() throws Exception {
        AtomicInteger reads = new AtomicInteger();
        // not the first one alone is answered: on a busy machine it may be given up before the next one comes
        FakeV2.Answer read = out -> {
            int number = reads.incrementAndGet();
            if (number % 2 == 0) {
                SILENT.write(out);
            } else {
                Waiting.until("it is asked for again", () -> reads.get() > number);
                GOOD.write(out);
            }
        };
        try (FakeV2 fake = new FakeV2(read, SILENT);
                Following following = new Following("etcd://" + fake.endpoint() + "/app?api=v2")) {
            following.awaits(A);
        }
    }

    private static void assertPauses(String what, List<Long> times) {
        Waiting.until(what, () -> times.size() >= 6);
        // pauses double from 100 ms and are shortened by up to a half, and the JDK's client may send a request twice
        assertThat(Duration.ofNanos(times.get(5) - times.get(0))).isGreaterThanOrEqualTo(Duration.ofMillis(150));
    }

    @Test
    void aMemberThatNeverHasTheHistoryIsNotReadInAHotLoop() throws Exception {
        try (FakeV3 fake = new FakeV3(
                        FakeV3.once(FakeV3.READ),
                        FakeV3.once(WatchResponse.newBuilder()
                                .setCanceled(true)
                                .setCompactRevision(1)
                                .build()));
                Following following = new Following("etcd://" + fake.endpoint() + "/app?api=v3&layout=tree")) {
            following.awaits(A);
            assertPauses("it has read again", fake.reads());
            assertThat(following.failures()).isEmpty();
        }
    }

    @Test
    void aMemberThatAlwaysHasOtherWordsIsReportedInFewOfThem() throws Exception {
        AtomicInteger times = new AtomicInteger();
        try (FakeV3 fake = new FakeV3(
                        client -> client.onError(Status.INTERNAL
                                .withDescription(times.incrementAndGet() + "w".repeat(6_000))
                                .asRuntimeException()),
                        FakeV3.once(WatchResponse.getDefaultInstance()));
                Following following = new Following("etcd://" + fake.endpoint() + "/app?api=v3&layout=tree")) {
            following.awaitsFailure("cannot read /app/: INTERNAL: 1");
            following.awaitsFailure("cannot read /app/: INTERNAL: 3");
            assertThat(following.failures()).allSatisfy(each -> assertThat(each).hasSizeLessThan(1_100));
        }
    }

    /** A kilobyte of them can stand for a megabyte. */
    @Test
    void compressedMessagesAreNotRead() throws Exception {
        try (FakeV3 fake = new FakeV3(FakeV3.compressed(FakeV3.READ), FakeV3.once(WatchResponse.getDefaultInstance()));
                Following following = new Following("etcd://" + fake.endpoint() + "/app?api=v3&layout=tree")) {
            following.awaitsFailure("etcd " + fake.endpoint() + ": cannot read /app/: ", "gzip");
            assertThat(following.published()).isEmpty();
        }
    }

    @Test
    void aPollStaysOpenForAsLongAsTheMemberIsAlive() throws Exception {
        try (FakeV2 fake = new FakeV2(GOOD, out -> {
                    out.write(FakeV2.head("200 OK", "Transfer-Encoding: chunked", ""));
                    out.flush();
                    Thread.sleep(60_000);
                });
                Following following = new Following("etcd://" + fake.endpoint() + "/app?api=v2&refresh=4s")) {
            following.awaits(A);
            Waiting.until("it was read again", () -> fake.reads() >= 2);
            assertThat(fake.polls()).hasSizeLessThanOrEqualTo(fake.reads());
        }
    }
}
