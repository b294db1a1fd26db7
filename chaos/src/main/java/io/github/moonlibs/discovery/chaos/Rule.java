package io.github.moonlibs.discovery.chaos;

import java.util.List;

/** A promise that a history keeps or not. */
interface Rule {
    /** Every time that it was not kept. */
    List<Violation> check(History history);
}
