package io.github.moonlibs.discovery.chaos;

/**
 * The client's retry budget at one moment.
 *
 * @param at in nanoseconds from the start of the run
 * @param available how many extra attempts might be made
 * @param refused how many had been refused since the client was opened
 */
record BudgetSample(long at, long available, long refused) {}
