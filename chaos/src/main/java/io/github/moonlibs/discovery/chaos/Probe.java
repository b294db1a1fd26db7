package io.github.moonlibs.discovery.chaos;

/**
 * One question of a node's witness, which has a connection of its own and shares nothing with the client.
 *
 * @param node that was asked
 * @param sent when, in nanoseconds from the start of the run
 * @param ended when the answer was there, or the witness gave up
 * @param isAnswered whether there was an answer
 */
record Probe(String node, long sent, long ended, boolean isAnswered) {
    long nanos() {
        return ended - sent;
    }
}
