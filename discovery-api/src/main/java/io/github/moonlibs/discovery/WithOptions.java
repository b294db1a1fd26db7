package io.github.moonlibs.discovery;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The call options of a {@link Method}, or of all methods of an interface that have no such annotation of their own. What it
 * does not set is as in the client's {@link ClientOptions#callOptions()}.
 *
 * <p>A time is a whole number and a unit, {@code ms}, {@code s} or {@code m}: {@code "100ms"}, {@code "5s"}.
 */
@Documented
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface WithOptions {
    /** How long one attempt may take, as in {@link CallOptions#withTimeout}. Empty: as the client's. */
    String timeout() default "";

    /** How long the whole call may take, as in {@link CallOptions#withDeadline(java.time.Duration)}. Empty: as the client's. */
    String deadline() default "";

    /** How many attempts there may be, as in {@link CallOptions#withMaxAttempts}. 0: as the client's. */
    int maxAttempts() default 0;

    /** True: fails at once when no node serves the method. False: as the client's. */
    boolean failFast() default false;

    /** Which failures of a retriable method are retried, as in {@link CallOptions#withRetryOn}. None: as the client's. */
    AttemptException.Kind[] retryOn() default {};

    /**
     * The codes of the server's errors which prove that it has not executed the call, as in {@link
     * CallOptions#withNotExecuted}. None: as the client's.
     */
    int[] notExecuted() default {};
}
