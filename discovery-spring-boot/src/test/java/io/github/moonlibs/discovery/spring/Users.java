package io.github.moonlibs.discovery.spring;

import io.github.moonlibs.discovery.Method;

/** An interface that the application's packages have. */
@DiscoveryInterface
public interface Users {
    @Method("users.get")
    String get(long id);
}
