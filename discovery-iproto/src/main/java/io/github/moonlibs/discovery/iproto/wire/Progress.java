package io.github.moonlibs.discovery.iproto.wire;

/** Notes how far connecting has come. */
@FunctionalInterface
public interface Progress {
    /**
     * Notes how far connecting has come.
     *
     * @param step what is under way, to follow "while"
     */
    void at(String step);
}
