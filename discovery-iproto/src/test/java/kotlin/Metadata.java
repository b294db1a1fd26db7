package kotlin;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** What Kotlin's compiler puts on its classes, by the same name. */
@Retention(RetentionPolicy.RUNTIME)
public @interface Metadata {}
