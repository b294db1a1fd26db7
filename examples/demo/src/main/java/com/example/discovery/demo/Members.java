package com.example.discovery.demo;

import io.github.moonlibs.discovery.DiscoveryClient;

/** The list of instances. */
interface Members extends AutoCloseable {
    void add(Member member);

    void remove(Member member);

    /** A client that follows the list. */
    DiscoveryClient connect();

    @Override
    void close();
}
