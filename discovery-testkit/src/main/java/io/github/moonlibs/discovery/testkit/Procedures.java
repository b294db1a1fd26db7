package io.github.moonlibs.discovery.testkit;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** How a node handles calls, and how it counts them. */
final class Procedures {
    private static final String METHODS = "methods";
    private static final int REMEMBERED = 1_000;

    private static final class Tally {
        final LongAdder calls = new LongAdder();
        final AtomicInteger inFlight = new AtomicInteger();
    }

    private final Map<String, FakeCall.Handler> handlers = new ConcurrentHashMap<>();
    private final Map<String, Duration> delays = new ConcurrentHashMap<>();
    private final Map<String, Tally> tallies = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable Object> announcement =
            new AtomicReference<>(Map.of("is_master", false, METHODS, Map.of()));
    private final ReentrantLock recording = new ReentrantLock();
    private final Deque<FakeCall> received = new ArrayDeque<>();
    private volatile String discovery = "api.discovery";
    private volatile Duration delay = Duration.ZERO;

    void handle(String procedure, FakeCall.Handler handler) {
        handlers.put(procedure, handler);
    }

    void reset(String procedure) {
        handlers.remove(procedure);
        delays.remove(procedure);
    }

    void delay(Duration time) {
        delay = time;
    }

    void delay(String procedure, Duration time) {
        delays.put(procedure, time);
    }

    void discovery(String procedure) {
        discovery = procedure;
    }

    void announce(@Nullable Object whole) {
        announcement.set(whole);
    }

    void announce(String key, @Nullable Object value) {
        announcement.updateAndGet(now -> changed(now, map -> map.put(key, value)));
    }

    void announceMethod(String method, @Nullable Object entry) {
        changeMethods(methods -> methods.put(method, entry));
    }

    void withdraw(String method) {
        changeMethods(methods -> methods.remove(method));
    }

    private interface Change {
        @Nullable
        Object on(Map<Object, @Nullable Object> map);
    }

    private void changeMethods(Change change) {
        announcement.updateAndGet(now -> changed(now, map -> map.put(METHODS, changed(map.get(METHODS), change))));
    }

    /** A changed copy; a new map if this is not a map. */
    private static Map<Object, @Nullable Object> changed(@Nullable Object now, Change change) {
        Map<Object, @Nullable Object> map =
                now instanceof Map<?, ?> old ? new LinkedHashMap<>(old) : new LinkedHashMap<>();
        change.on(map);
        return map;
    }

    long calls(String procedure) {
        Tally tally = tallies.get(procedure);
        return tally == null ? 0 : tally.calls.sum();
    }

    int inFlight(String procedure) {
        Tally tally = tallies.get(procedure);
        return tally == null ? 0 : tally.inFlight.get();
    }

    int inFlight() {
        return tallies.entrySet().stream()
                .filter(tally -> !tally.getKey().equals(discovery))
                .mapToInt(tally -> tally.getValue().inFlight.get())
                .sum();
    }

    List<FakeCall> received() {
        recording.lock();
        try {
            return List.copyOf(received);
        } finally {
            recording.unlock();
        }
    }

    /** Counts and remembers the call, in the order of arrival. */
    void arrived(FakeCall call) {
        Tally tally = tallies.computeIfAbsent(call.procedure(), any -> new Tally());
        tally.inFlight.incrementAndGet();
        tally.calls.increment();
        if (!call.procedure().equals(discovery)) {
            record(call);
        }
    }

    /** The call is no longer in flight. */
    void ended(FakeCall call) {
        tallies.computeIfPresent(call.procedure(), (procedure, tally) -> {
            tally.inFlight.decrementAndGet();
            return tally;
        });
    }

    private void record(FakeCall call) {
        recording.lock();
        try {
            if (received.size() == REMEMBERED) {
                received.removeFirst();
            }
            received.addLast(call);
        } finally {
            recording.unlock();
        }
    }

    /** Handles the call as the test has set it. */
    void execute(FakeCall call) {
        try {
            Duration wait = delays.getOrDefault(call.procedure(), delay);
            if (wait.isPositive()) {
                call.pause(wait);
            }
            handlers.getOrDefault(call.procedure(), this::byDefault).handle(call);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            call.fail(FakeError.of(32, String.valueOf(e.getMessage())).withType("LuajitError"));
        }
    }

    private void byDefault(FakeCall call) {
        Object now = announcement.get();
        FakeStream commanded = call.commanded();
        if (commanded != null) {
            commanded.handle(call);
        } else if (call.procedure().equals(discovery)) {
            call.reply(now);
        } else if (now instanceof Map<?, ?> map
                && map.get(METHODS) instanceof Map<?, ?> methods
                && methods.containsKey(call.procedure())) {
            call.reply(call.arguments().toArray());
        } else {
            call.fail(FakeError.noSuchProcedure(call.procedure()));
        }
    }
}
