package com.example.discovery.demo;

import io.github.moonlibs.discovery.testkit.FakeCall;
import io.github.moonlibs.discovery.testkit.FakeNode;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Does the same as {@code users.lua}, without Tarantool. */
final class InProcessMember implements Member {
    private static final int READONLY = 7;

    private final String name;
    private final FakeNode node = FakeNode.start();
    private final AtomicLong lastId = new AtomicLong();
    private volatile boolean readOnly;

    private InProcessMember(String name) {
        this.name = name;
    }

    static InProcessMember start(String name) {
        InProcessMember member = new InProcessMember(name);
        member.node.on(Method.GET.procedure, call -> {
            call.pause(Duration.ofMillis(2));
            member.reply(call, ((Number) call.arguments().getFirst()).longValue());
        });
        member.node.on(Method.INSERT.procedure, member::insert);
        member.node.on(Method.SUGGEST.procedure, call -> {
            call.pause(Duration.ofMillis(4));
            member.reply(call, 0);
        });
        member.readOnly(true);
        return member;
    }

    private void insert(FakeCall call) {
        if (readOnly) {
            call.fail(READONLY, "Can't modify data because this instance is in read-only mode.");
        } else {
            reply(call, lastId.incrementAndGet());
        }
    }

    private void reply(FakeCall call, long id) {
        call.reply(Map.of("id", id, "name", "user " + id, "node", name));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String endpoint() {
        return node.endpoint();
    }

    @Override
    public void readOnly(boolean readOnly) {
        this.readOnly = readOnly;
        node.announceMaster(!readOnly)
                .announce(Method.GET.procedure, 100, true)
                .announce(Method.INSERT.procedure, readOnly ? 0 : 100, false)
                .announce(Method.SUGGEST.procedure, readOnly ? 100 : 10, true);
    }

    @Override
    public void kill() {
        node.crash();
    }

    @Override
    public void restart() {
        readOnly(true);
        node.restart();
    }

    @Override
    public void close() {
        node.close();
    }
}
