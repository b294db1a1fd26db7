package kotlin.jvm.internal;

/** What Kotlin's constructors with defaults have as their last parameter, by the same name. */
public final class DefaultConstructorMarker {
    private DefaultConstructorMarker() {}
}
