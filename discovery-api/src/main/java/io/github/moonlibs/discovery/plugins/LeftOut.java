package io.github.moonlibs.discovery.plugins;

import static java.lang.System.Logger.Level.WARNING;

import io.github.moonlibs.discovery.text.SafeText;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Logs which plug-ins are left out: each once in a process, however many clients look for it. */
public final class LeftOut {
    private static final Set<String> LOGGED = ConcurrentHashMap.newKeySet();

    /** A plug-in could find new words each time. */
    private static final int MOST_LOGGED = 1_000;

    private LeftOut() {}

    /**
     * Logs a fault, unless it was logged before.
     *
     * @param fault a sentence that names the plug-in's class
     */
    public static void warn(String fault) {
        if (LOGGED.size() >= MOST_LOGGED || !LOGGED.add(fault)) {
            return;
        }
        try {
            System.getLogger("io.github.moonlibs.discovery")
                    .log(WARNING, "a plug-in is left out: " + SafeText.sentence(fault));
        } catch (RuntimeException | Error lost) {
            // of an application's log handler: the other plug-ins are what matters
        }
    }
}
