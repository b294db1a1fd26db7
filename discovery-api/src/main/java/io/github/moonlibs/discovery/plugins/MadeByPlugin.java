package io.github.moonlibs.discovery.plugins;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a plug-in is asked to make when a client opens, and whose fault it is if there is nothing. */
public final class MadeByPlugin {
    private MadeByPlugin() {}

    /**
     * What the plug-in makes.
     *
     * @param what it was asked for, without a password
     * @param method the name of its method
     * @throws IllegalArgumentException as the plug-in does, whose words they are
     * @throws IllegalStateException if the plug-in makes nothing, or fails otherwise; names its class
     */
    public static <T> T of(String what, Object plugin, String method, Supplier<? extends @Nullable T> maker) {
        String failed =
                what + ": " + method + " of the plug-in " + plugin.getClass().getName();
        T made;
        try {
            made = maker.get();
        } catch (IllegalArgumentException refusal) {
            throw refusal;
        } catch (Throwable defect) {
            throw new IllegalStateException(failed + " failed: " + defect, defect);
        }
        if (made == null) {
            throw new IllegalStateException(failed + " returned null");
        }
        return made;
    }
}
