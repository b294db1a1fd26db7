package io.github.moonlibs.discovery.core.support;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What one node, or one source, has to say to the log, bounded in time: whatever flaps, or fails in ever new words, logs a few
 * lines and then one a minute, which says how many were held back. The first line of a new kind is always logged.
 *
 * <p>Lines are of one kind if they have the same topic, and the same words but for numbers and what has digits in it. A server
 * can make up words, so that the kinds of a topic are bounded, too: later ones count as one. Thread-safe.
 */
public final class BoundedLog {
    private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();

    /** So many lines of one kind are logged in its first minute, because a restart or two is worth reading. */
    private static final int FIRST_LINES = 3;

    private static final int KINDS_OF_A_TOPIC = 8;

    /** A kind of which nothing was heard for so long makes room for others. */
    private static final long FORGOTTEN_NANOS = 10 * MINUTE_NANOS;

    /** How much of a text is looked at, and how much of its words makes the kind. */
    private static final int TEXT_LENGTH = 500;

    private static final int SHAPE_LENGTH = 120;
    private static final String OTHERS = "";

    private record Kind(String topic, String shape) {}

    private record Line(Level level, String text, @Nullable Throwable thrown) {}

    /** What has been logged of a kind, and what has been held back since. */
    private static final class History {
        long minuteNanos;
        int allowed = FIRST_LINES;
        int logged;
        int held;
        long heldSinceNanos;
        long lastNanos;

        @Nullable
        Line last;
    }

    private final Log logger;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Kind, History> kinds = new LinkedHashMap<>();

    /** Whether anything is held back. */
    private volatile boolean isHolding;

    private volatile boolean hasEnded;

    public BoundedLog(Log logger) {
        this(logger, System::nanoTime);
    }

    BoundedLog(Log logger, LongSupplier nanoTime) {
        this.logger = logger;
        this.nanoTime = nanoTime;
    }

    /**
     * Logs the line, unless there were too many like it.
     *
     * @param topic what it is about: one of a few constants
     * @param text safe to be shown
     * @param thrown shown with its stack, or null
     */
    public void write(Level level, String topic, String text, @Nullable Throwable thrown) {
        if (!logger.isLoggable(level)) {
            return;
        }
        if (hasEnded) {
            logger.log(level, text, thrown);
            return;
        }
        List<Line> due = new ArrayList<>();
        lock.lock();
        try {
            long now = nanoTime.getAsLong();
            collect(now, MINUTE_NANOS, due);
            History history = history(new Kind(topic, shape(text)), now);
            if (now - history.minuteNanos >= MINUTE_NANOS) {
                history.minuteNanos = now;
                history.allowed = FIRST_LINES;
                history.logged = 0;
            }
            history.lastNanos = now;
            Line line = new Line(level, text, thrown);
            if (history.logged < history.allowed) {
                history.logged++;
                due.add(line);
            } else {
                history.heldSinceNanos = history.held == 0 ? now : history.heldSinceNanos;
                history.held++;
                history.last = line;
                isHolding = true;
            }
        } finally {
            lock.unlock();
        }
        due.forEach(this::log);
    }

    /** Logs what was held back for a minute. To be called now and then; it costs next to nothing. */
    public void tick() {
        release(MINUTE_NANOS);
    }

    /** Logs all that was held back. The few lines that are still to come are logged at once. */
    public void end() {
        hasEnded = true;
        release(0);
    }

    private void release(long heldNanos) {
        if (!isHolding) {
            return;
        }
        List<Line> due = new ArrayList<>();
        lock.lock();
        try {
            collect(nanoTime.getAsLong(), heldNanos, due);
        } finally {
            lock.unlock();
        }
        due.forEach(this::log);
    }

    /** The last line of each kind that has been held back for so long, with the number of the others, oldest first. */
    private void collect(long now, long heldNanos, List<Line> due) {
        if (!isHolding) {
            return;
        }
        kinds.values().stream()
                .filter(history -> history.held > 0 && now - history.minuteNanos >= heldNanos)
                .sorted(Comparator.comparingLong(history -> history.lastNanos - now))
                .forEach(history -> due.add(summary(history, now)));
        isHolding = kinds.values().stream().anyMatch(history -> history.held > 0);
    }

    private static Line summary(History history, long now) {
        Line last = Objects.requireNonNull(history.last);
        int others = history.held - 1;
        long minutes = Math.max(1, Math.round((double) (now - history.heldSinceNanos) / MINUTE_NANOS));
        history.minuteNanos = now;
        history.allowed = 1;
        history.logged = 1;
        history.held = 0;
        history.last = null;
        if (others == 0) {
            return last;
        }
        String time = minutes == 1 ? "minute" : minutes + " minutes";
        return new Line(
                last.level(), last.text() + ", and " + others + " more like it in the last " + time, last.thrown());
    }

    private History history(Kind kind, long now) {
        History known = kinds.get(kind);
        if (known != null) {
            return known;
        }
        if (isFull(kind.topic())) {
            kinds.values().removeIf(history -> history.held == 0 && now - history.lastNanos >= FORGOTTEN_NANOS);
        }
        Kind counted = isFull(kind.topic()) ? new Kind(kind.topic(), OTHERS) : kind;
        return kinds.computeIfAbsent(counted, first -> {
            History history = new History();
            history.minuteNanos = now;
            return history;
        });
    }

    private boolean isFull(String topic) {
        return kinds.keySet().stream()
                        .filter(kind -> kind.topic().equals(topic))
                        .count()
                >= KINDS_OF_A_TOPIC;
    }

    /** The beginning of the text, with a mark for each word that has a digit in it. */
    private static String shape(String text) {
        StringBuilder shape = new StringBuilder();
        int end = Math.min(text.length(), TEXT_LENGTH);
        for (int at = 0; at < end && shape.length() < SHAPE_LENGTH; ) {
            int from = at;
            boolean isNumbered = false;
            while (at < end && Character.isLetterOrDigit(text.charAt(at))) {
                isNumbered |= Character.isDigit(text.charAt(at));
                at++;
            }
            shape.append(isNumbered ? "#" : text.substring(from, at));
            if (at < end) {
                shape.append(text.charAt(at++));
            }
        }
        return shape.substring(0, Math.min(shape.length(), SHAPE_LENGTH));
    }

    private void log(Line line) {
        logger.log(line.level(), line.text(), line.thrown());
    }
}
