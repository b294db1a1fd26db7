package com.example.discovery.spring;

import io.github.moonlibs.discovery.Method;
import io.github.moonlibs.discovery.spring.DiscoveryInterface;
import java.util.List;
import java.util.Optional;

/** The procedures of the servers. The interface is a bean, without more ado. */
@DiscoveryInterface
public interface Users {
    @Method("users.get")
    Optional<User> get(long id);

    @Method("users.list")
    List<User> list();
}
