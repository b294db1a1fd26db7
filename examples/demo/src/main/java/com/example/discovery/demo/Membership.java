package com.example.discovery.demo;

import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.spi.TopologySource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A topology that the demo changes itself. Thread-safe. */
final class Membership implements Members, TopologySource {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<Instance> members = new LinkedHashSet<>();

    @Override
    public void add(Member member) {
        change(() -> members.add(member.instance()));
    }

    @Override
    public void remove(Member member) {
        change(() -> members.remove(member.instance()));
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void follow(Sink sink) throws InterruptedException {
        lock.lock();
        try {
            while (true) {
                sink.publish(List.copyOf(members));
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public DiscoveryClient connect() {
        return DiscoveryClient.builder().source(this).connect();
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return "the demo's topology";
    }
}
