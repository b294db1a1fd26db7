package com.example.broken;

import io.github.moonlibs.discovery.spring.DiscoveryInterface;

/** Can't be bound: no method says which procedure it stands for. */
@DiscoveryInterface
public interface Broken {
    void first();

    void second();
}
