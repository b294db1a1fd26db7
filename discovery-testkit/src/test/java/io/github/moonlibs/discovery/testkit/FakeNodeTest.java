package io.github.moonlibs.discovery.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FakeNodeTest {
    private final FakeNode node = FakeNode.start();

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void greetsLikeTarantool() throws Exception {
        try (RawClient client = RawClient.to(node.endpoint())) {
            String greeting = new String(client.greeting(), StandardCharsets.US_ASCII);
            assertThat(greeting.substring(0, 64))
                    .startsWith("Tarantool 3.3.0 (Binary) ")
                    .endsWith(" \n");
            assertThat(greeting.substring(64)).matches("[A-Za-z0-9+/]{43}= {19}\n");
        }
    }

    @Test
    void returnsItsAnnouncementFromTheDiscoveryProcedure() throws Exception {
        node.announce("users.get", 100, true).announce("users.insert", 0.5, false);
        node.announceMaster(true).announceAttribute("zone", "m9");
        node.announceEntry("broken", Map.of("weight", Double.NaN)).announceEntry("plain", Map.of());
        try (RawClient client = RawClient.to(node.endpoint())) {
            assertThat(client.call(1, "api.discovery").values())
                    .isEqualTo(List.of(Map.of(
                            "is_master",
                            true,
                            "zone",
                            "m9",
                            "methods",
                            Map.of(
                                    "users.get", Map.of("weight", 100L, "retriable", true),
                                    "users.insert", Map.of("weight", 0.5, "retriable", false),
                                    "broken", Map.of("weight", Double.NaN),
                                    "plain", Map.of()))));
            node.withdraw("users.get").withdraw("broken").withdraw("plain").discoveryProcedure("my.discovery");
            assertThat(client.call(2, "my.discovery").values().getFirst())
                    .extracting("methods")
                    .isEqualTo(Map.of("users.insert", Map.of("weight", 0.5, "retriable", false)));
            node.announceRaw("nonsense");
            assertThat(client.call(3, "my.discovery").values()).isEqualTo(List.of("nonsense"));
            assertThat(client.call(4, "api.discovery").read().code()).isEqualTo(Packet.ERROR + 33);
        }
    }

    @Test
    void answersByProcedureAndEchoesWhatIsOnlyAnnounced() throws Exception {
        node.announce("echo", 1, true).answer("users.get", args -> List.of("user " + args.getFirst(), 7, true));
        try (RawClient client = RawClient.to(node.endpoint())) {
            assertThat(client.call(1, "users.get", 5).values()).isEqualTo(List.of("user 5", 7L, true));
            assertThat(client.call(2, "echo", 1, null, "x", List.of(2.5)).values())
                    .isEqualTo(Arrays.asList(1L, null, "x", List.of(2.5)));
            assertThat(client.call(3, "nobody").read().get(Packet.MESSAGE))
                    .isEqualTo("Procedure 'nobody' is not defined");
        }
        assertThat(node.calls("users.get")).isEqualTo(1);
        assertThat(node.received()).extracting(FakeCall::procedure).containsExactly("users.get", "echo", "nobody");
    }

    @Test
    void repliesByteForByteLikeTheServersOfTheCaptures() throws Exception {
        node.echo("echo").version("2.6.0");
        try (RawClient client = RawClient.to(node.endpoint())) {
            client.raw(HexFormat.of().parseHex("ce0000000f82000a01028222a46563686f219101"));
            assertThat(hex(client, 36))
                    .isEqualTo("ce0000001f8300ce0000000001cf000000000000000205ce000000508130dd0000000101");
            client.raw(HexFormat.of().parseHex("ce000000058200400101"));
            assertThat(hex(client, 29)).isEqualTo("ce000000188300ce0000000001cf000000000000000105ce0000005080");
        }
    }

    private static String hex(RawClient client, int length) throws Exception {
        byte[] bytes = new byte[length];
        client.in.readFully(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    void repliesInTheOrderOfCompletion() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        node.on("slow", call -> {
            released.await();
            call.reply("slow");
        });
        node.echo("fast");
        try (RawClient client = RawClient.to(node.endpoint())) {
            client.call(1, "slow").call(2, "fast");
            assertThat(client.read().sync()).isEqualTo(2);
            Waiting.until(() -> "fast has not ended", () -> node.callsInFlight("fast") == 0);
            assertThat(node.callsInFlight("slow")).isEqualTo(1);
            assertThat(node.callsInFlight()).isEqualTo(1);
            released.countDown();
            assertThat(client.read().sync()).isEqualTo(1);
            Waiting.until(() -> "in flight", () -> node.callsInFlight() == 0);
        }
    }

    @Test
    void failsWithAnErrorOfAnyKind() throws Exception {
        FakeError cause = FakeError.of(77, "disk on fire").withType("SystemError");
        node.fail(
                "m", FakeError.of(42, "denied").withFields(Map.of("user", "me")).withCause(cause));
        node.on("lua", call -> {
            throw new IllegalStateException("nil value");
        });
        try (RawClient client = RawClient.to(node.endpoint())) {
            Packet reply = client.call(1, "m").read();
            assertThat(reply.code()).isEqualTo(Packet.ERROR | 42);
            assertThat(reply.get(Packet.MESSAGE)).isEqualTo("denied");
            assertThat(reply.get(Packet.ERROR_STACK))
                    .isEqualTo(Map.of(
                            0L,
                            List.of(
                                    Map.of(
                                            0L,
                                            "ClientError",
                                            1L,
                                            "fake.lua",
                                            2L,
                                            1L,
                                            3L,
                                            "denied",
                                            4L,
                                            0L,
                                            5L,
                                            42L,
                                            6L,
                                            Map.of("user", "me")),
                                    Map.of(
                                            0L,
                                            "SystemError",
                                            1L,
                                            "fake.lua",
                                            2L,
                                            1L,
                                            3L,
                                            "disk on fire",
                                            4L,
                                            0L,
                                            5L,
                                            77L))));
            assertThat(client.call(2, "lua").read().get(Packet.MESSAGE)).isEqualTo("nil value");
        }
    }

    @Test
    void sendsFramesThatNoServerWouldSend() throws Exception {
        node.on("twice", call -> {
            call.push("first");
            call.reply(1);
            call.reply(2);
        });
        node.on("astray", call -> call.replyAs(999, "x"));
        node.on("huge", call -> call.frameOfLength(0xffff_ffffL));
        node.on("half", call -> {
            call.halfReply("0123456789");
            call.close();
        });
        try (RawClient client = RawClient.to(node.endpoint())) {
            client.call(1, "twice");
            assertThat(client.read().code()).isEqualTo(Packet.CHUNK);
            assertThat(client.values()).isEqualTo(List.of(1L));
            assertThat(client.values()).isEqualTo(List.of(2L));
            assertThat(client.call(2, "astray").read().sync()).isEqualTo(999);
            assertThatThrownBy(() -> client.call(3, "huge").read()).hasMessageContaining("4294967295");
            assertThat(client.call(4, "half").in.readAllBytes()).hasSize(25);
        }
        node.greeting("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        try (RawClient client = RawClient.ungreeted(node.endpoint())) {
            byte[] greeting = new byte[8];
            client.in.readFully(greeting);
            assertThat(new String(greeting, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1");
        }
    }

    @Test
    void closesOrResetsOnACall() throws Exception {
        node.closeOn("fin").resetOn("rst");
        try (RawClient client = RawClient.to(node.endpoint())) {
            assertThat(client.call(1, "fin").readByte()).isEqualTo(-1);
        }
        try (RawClient client = RawClient.to(node.endpoint())) {
            client.call(1, "rst");
            assertThatThrownBy(client::readByte).isInstanceOf(SocketException.class);
        }
        node.dropRequests(true);
        try (RawClient client = RawClient.to(node.endpoint())) {
            assertThat(client.call(1, "uncounted").readByte()).isEqualTo(-1);
        }
        assertThat(node.calls("uncounted")).isZero();
        assertThat(node.calls("fin")).isEqualTo(1);
    }

    @Test
    void delaysCallsUntilHealed() throws Exception {
        node.announce("m", 1, true).delay("m", Duration.ofHours(1));
        try (RawClient client = RawClient.to(node.endpoint())) {
            client.call(1, "m", "late");
            Waiting.until(() -> "not received", () -> node.callsInFlight("m") == 1);
            node.heal("m");
            // the reply to the first call may come at any time, if the node had received it and not delayed it yet
            assertThat(client.call(2, "m", "prompt").valuesOf(2)).isEqualTo(List.of("prompt"));
            node.delay(Duration.ofMillis(1));
            assertThat(client.call(3, "m", "a bit later").valuesOf(3)).isEqualTo(List.of("a bit later"));
        }
        Waiting.until(() -> "not interrupted", () -> node.callsInFlight("m") == 0);
    }

    @Test
    void doesNothingWhileFrozenAndCatchesUpWhenThawed() throws Exception {
        node.echo("m");
        try (RawClient client = RawClient.to(node.endpoint())) {
            node.freeze();
            client.call(1, "m");
            try (RawClient accepted = RawClient.ungreeted(node.endpoint())) {
                accepted.socket.setSoTimeout(50);
                assertThatThrownBy(accepted::readByte).isInstanceOf(java.net.SocketTimeoutException.class);
            }
            assertThat(node.calls("m")).isZero();
            node.thaw();
            assertThat(client.read().sync()).isEqualTo(1);
        }
    }

    @Test
    void refusesCallsWithoutLogin() throws Exception {
        node.requireLogin("alice", "secret").echo("m");
        try (RawClient guest = RawClient.to(node.endpoint())) {
            assertThat(guest.call(1, "m").read().code()).isEqualTo(Packet.ERROR + 42);
        }
        assertThat(logIn("alice", "secret")).isEqualTo("alice");
        assertThat(logIn("alice", "wrong")).isEqualTo("error 47: User not found or supplied credentials are invalid");
        assertThat(logIn("bob", "secret")).startsWith("error 47");
        node.version("2.6.0");
        assertThat(logIn("alice", "wrong")).isEqualTo("error 47: Incorrect password supplied for user 'alice'");
        assertThat(logIn("bob", "secret")).isEqualTo("error 45: User 'bob' is not found");
    }

    private String logIn(String user, String password) throws Exception {
        try (IprotoClient client = new IprotoClient(node.host(), node.port(), Waiting.BOUND)) {
            client.logIn(user, password);
            node.on("return whoami()", call -> call.reply(call.user()));
            return String.valueOf(client.eval("return whoami()").getFirst());
        } catch (java.io.IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @Test
    void knowsIdAndWatchersInNewVersionsOnly() throws Exception {
        try (RawClient client = RawClient.to(node.endpoint())) {
            Map<Long, Object> id = Map.of(Packet.VERSION, 10, Packet.FEATURES, List.of(3));
            Packet reply = client.send(Packet.ID, 1, id).read();
            assertThat(reply.get(Packet.AUTH_TYPE)).isEqualTo("chap-sha1");
            node.version("2.6.0");
            Packet refusal = client.send(Packet.ID, 2, id).read();
            assertThat(refusal.code()).isEqualTo(Packet.ERROR + 48);
            assertThat(refusal.sync()).isEqualTo(2);
            assertThat(client.watch(3, "box.status").read().code()).isEqualTo(Packet.ERROR + 48);
            assertThat(client.send(Packet.PING, 4, Map.of()).read().code()).isEqualTo(Packet.OK);
        }
    }

    @Test
    void notifiesAWatcherOfTheNextChangeOnlyAfterAnAcknowledgement() throws Exception {
        try (RawClient client = RawClient.to(node.endpoint())) {
            Packet first = client.watch(1, "key").read();
            assertThat(first.code()).isEqualTo(Packet.EVENT);
            assertThat(first.body()).isEqualTo(Map.of(Packet.EVENT_KEY, "key"));
            node.broadcast("key", "a").broadcast("key", "b");
            Packet second = client.watch(2, "key").read();
            assertThat(second.get(Packet.EVENT_DATA)).isEqualTo("b");
            assertThat(second.sync()).isEqualTo(2);
            client.watch(3, "key").send(Packet.PING, 4, Map.of());
            assertThat(client.read().sync()).isEqualTo(4);
            node.broadcast("key", null);
            Packet third = client.read();
            assertThat(third.sync()).isEqualTo(3);
            assertThat(third.body().containsKey(Packet.EVENT_DATA)).isTrue();
        }
    }

    @Test
    void waitsDuringShutdownForClientsThatWatchForIt() throws Exception {
        node.echo("m");
        try (RawClient watcher = RawClient.to(node.endpoint());
                RawClient bystander = RawClient.to(node.endpoint())) {
            watcher.watch(1, "box.shutdown").read();
            watcher.watch(2, "box.shutdown").send(Packet.PING, 3, Map.of()).read();
            Thread shutdown = Thread.ofVirtual().start(() -> node.shutDown(Waiting.BOUND));
            assertThat(watcher.read().get(Packet.EVENT_DATA)).isEqualTo(true);
            assertThat(watcher.call(4, "m", "still served").values()).isEqualTo(List.of("still served"));
            assertThat(bystander.call(1, "m", "too").values()).isEqualTo(List.of("too"));
            assertThatThrownBy(() -> RawClient.to(node.endpoint())).isInstanceOf(ConnectException.class);
            watcher.socket.close();
            assertThat(bystander.readByte()).isEqualTo(-1);
            shutdown.join();
        }
        node.restart();
        try (RawClient client = RawClient.to(node.endpoint())) {
            assertThat(client.watch(1, "box.shutdown").read().body())
                    .isEqualTo(Map.of(Packet.EVENT_KEY, "box.shutdown"));
        }
    }

    @Test
    void shutsDownAtOnceWithoutWatchers() throws Exception {
        node.hang("m");
        try (RawClient client = RawClient.to(node.endpoint())) {
            client.call(1, "m");
            node.shutDown();
            assertThat(client.readByte()).isEqualTo(-1);
        }
    }

    @Test
    void survivesGarbageInAFrameAndClosesAfterAWrongLength() throws Exception {
        try (RawClient client = RawClient.to(node.endpoint())) {
            Packet reply =
                    client.raw(HexFormat.of().parseHex("ce00000003c1c1c1")).read();
            assertThat(reply.code()).isEqualTo(Packet.ERROR + 20);
            assertThat(reply.sync()).isZero();
            assertThat(client.raw(HexFormat.of().parseHex("058200400101"))
                            .read()
                            .sync())
                    .isEqualTo(1);
            assertThat(client.raw(HexFormat.of().parseHex("a3616263")).read().code())
                    .isEqualTo(Packet.ERROR + 20);
        }
    }

    @Test
    void restartsOnItsPortAfterACrash() throws Exception {
        node.echo("m");
        try (RawClient client = RawClient.to(node.endpoint())) {
            assertThat(node.connections()).isEqualTo(1);
            node.crash();
            assertThatThrownBy(client::readByte).isInstanceOf(SocketException.class);
            assertThatThrownBy(() -> RawClient.to(node.endpoint())).isInstanceOf(ConnectException.class);
        }
        node.restart();
        try (RawClient client = RawClient.to(node.endpoint())) {
            assertThat(client.call(1, "m", 1).values()).isEqualTo(List.of(1L));
        }
        assertThat(node.accepted()).isEqualTo(2);
    }

    @Test
    void keepsConnectionsWhenItStopsListening() throws Exception {
        node.echo("m");
        try (RawClient client = RawClient.to(node.endpoint())) {
            node.stopListening();
            assertThat(client.call(1, "m", 1).values()).isEqualTo(List.of(1L));
            assertThatThrownBy(() -> RawClient.to(node.endpoint())).isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void listensOnAnAddressOfItsOwn() throws Exception {
        try (FakeNode other = FakeNode.start("127.0.0.61").echo("m");
                RawClient client = RawClient.to(other.endpoint())) {
            assertThat(other.endpoint()).startsWith("127.0.0.61:");
            assertThat(client.call(1, "m", 1).values()).isEqualTo(List.of(1L));
        }
    }

    @Test
    void leavesNothingBehindAfterClose() throws Exception {
        node.hang("m");
        try (RawClient client = RawClient.to(node.endpoint())) {
            client.call(1, "m").call(2, "m");
            Waiting.until(() -> "in flight", () -> node.callsInFlight("m") == 2);
            node.freeze();
            node.close();
            node.close();
            assertThat(node.connections()).isZero();
            assertThat(node.callsInFlight()).isZero();
            assertThat(client.readByte()).isEqualTo(-1);
        }
    }

    @Test
    void keepsATransactionOpenBetweenTheRequestsOfAStream() throws Exception {
        node.announce("m", 1, false);
        try (RawClient client = RawClient.to(node.endpoint())) {
            client.raw(new Packet(Packet.BEGIN, 1, 7, Map.of(Packet.TIMEOUT, 60.0, Packet.ISOLATION, 2)).encode());
            assertThat(client.read()).isEqualTo(new Packet(Packet.OK, 1, Map.of()));
            assertThat(node.openTransactions()).isEqualTo(1);
            assertThat(node.received().getLast().arguments()).containsExactly(60.0, 2L);
            client.raw(new Packet(Packet.BEGIN, 2, 7, Map.of()).encode());
            assertThat(client.read().code()).isEqualTo(Packet.ERROR | 79);
            client.raw(new Packet(Packet.CALL, 3, 7, Map.of(Packet.FUNCTION, "m", Packet.TUPLE, List.of(5))).encode());
            assertThat(client.values()).isEqualTo(List.of(5L));
            assertThat(node.received().getLast().stream()).isEqualTo(7);
            client.raw(new Packet(Packet.COMMIT, 4, 7, Map.of()).encode());
            assertThat(client.read()).isEqualTo(new Packet(Packet.OK, 4, Map.of()));
            assertThat(node.openTransactions()).isZero();
            assertThat(node.calls("box.commit")).isEqualTo(1);
            // as a real server does, with nothing open
            client.raw(new Packet(Packet.ROLLBACK, 5, 7, Map.of()).encode());
            assertThat(client.read()).isEqualTo(new Packet(Packet.OK, 5, Map.of()));
            client.raw(new Packet(Packet.ROLLBACK, 6, Map.of()).encode());
            assertThat(client.read().get(Packet.MESSAGE)).isEqualTo("Unable to process ROLLBACK request out of stream");
        }
    }

    @Test
    void aTransactionIsOverAfterItsTimeAndWithItsConnection() throws Exception {
        try (RawClient client = RawClient.to(node.endpoint())) {
            client.raw(new Packet(Packet.BEGIN, 1, 1, Map.of(Packet.TIMEOUT, 0.001)).encode());
            assertThat(client.read().code()).isEqualTo(Packet.OK);
            Waiting.until(() -> "its time is not over", () -> node.openTransactions() == 0);
            client.raw(new Packet(Packet.COMMIT, 2, 1, Map.of()).encode());
            assertThat(client.read().code()).isEqualTo(Packet.ERROR | 231);
            client.raw(new Packet(Packet.BEGIN, 3, 1, Map.of()).encode());
            assertThat(client.read().code()).isEqualTo(Packet.OK);
            assertThat(node.openTransactions()).isEqualTo(1);
        }
        Waiting.until(() -> "it outlives its connection", () -> node.openTransactions() == 0);
    }

    @Test
    void executesTheRequestsOfAStreamOneAfterAnotherAndCommitsAsTheTestSays() throws Exception {
        CompletableFuture<FakeCall> slow = new CompletableFuture<>();
        CountDownLatch goOn = new CountDownLatch(1);
        node.on("slow", call -> {
            slow.complete(call);
            goOn.await();
            call.reply("slow");
        });
        node.fail("box.commit", 97, "Transaction has been aborted by conflict");
        try (RawClient client = RawClient.to(node.endpoint())) {
            client.raw(new Packet(Packet.BEGIN, 1, 1, Map.of()).encode());
            client.raw(new Packet(Packet.CALL, 2, 1, Map.of(Packet.FUNCTION, "slow")).encode());
            client.raw(new Packet(Packet.COMMIT, 3, 1, Map.of()).encode());
            assertThat(client.read().sync()).isEqualTo(1);
            assertThat(slow.get(1, TimeUnit.MINUTES).stream()).isEqualTo(1);
            client.call(4, "box.info");
            assertThat(client.read().sync()).as("outside the stream").isEqualTo(4);
            goOn.countDown();
            assertThat(client.values()).isEqualTo(List.of("slow"));
            assertThat(client.read().code()).isEqualTo(Packet.ERROR | 97);
            assertThat(node.openTransactions()).isZero();
        }
        node.version("2.8.0");
        try (RawClient client = RawClient.to(node.endpoint())) {
            client.raw(new Packet(Packet.BEGIN, 1, 1, Map.of()).encode());
            assertThat(client.read().code()).isEqualTo(Packet.ERROR | 48);
        }
    }
}
