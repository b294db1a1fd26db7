package io.github.moonlibs.discovery;

/**
 * A value that a procedure has pushed ({@code box.session.push}) before it returned, as a call's listener gets it.
 *
 * @param node the node that pushed it: of the attempts of one call, each is on another node
 * @param value the value, as the only one of a result: {@code value.as(Progress.class)} reads it
 * @see CallOptions#withPushListener
 */
public record PushedValue(Instance node, Result value) {}
