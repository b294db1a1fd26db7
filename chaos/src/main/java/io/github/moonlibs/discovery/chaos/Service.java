package io.github.moonlibs.discovery.chaos;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.Result;
import java.util.List;

/** What callers call: a client, or something in front of it. */
@FunctionalInterface
interface Service {
    Result call(String method, List<?> arguments, CallOptions options);
}
