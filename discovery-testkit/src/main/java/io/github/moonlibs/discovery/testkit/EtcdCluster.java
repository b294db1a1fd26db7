package io.github.moonlibs.discovery.testkit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Real etcd servers that form a cluster; made by {@link EtcdServer.Builder#startCluster}. Thread-safe. */
public final class EtcdCluster implements AutoCloseable {

    private final List<EtcdServer> members;
    private final @Nullable ContainerNetwork network;

    EtcdCluster(List<EtcdServer> members, @Nullable ContainerNetwork network) {
        this.members = List.copyOf(members);
        this.network = network;
    }

    /** The servers. Each can be killed, frozen and restarted alone. */
    public List<EtcdServer> members() {
        return members;
    }

    /** Where clients connect to, one URL for each member. */
    public List<String> clientUrls() {
        return members.stream().map(EtcdServer::clientUrl).toList();
    }

    /** The current leader. Waits up to a minute for an election. */
    public EtcdServer leader() {
        EtcdServer[] leader = new EtcdServer[1];
        Waiting.until(() -> "no member of " + this + " leads", () -> {
            for (EtcdServer member : members) {
                if (member.isRunning() && member.isLeader()) {
                    leader[0] = member;
                    return true;
                }
            }
            return false;
        });
        return leader[0];
    }

    /** The member that a client watches. Waits up to a minute until it is one alone: one that was left may not know yet. */
    public EtcdServer watched() {
        List<EtcdServer> watched = new ArrayList<>();
        Waiting.until(() -> "not one member of " + this + " is watched: " + watched, () -> {
            watched.clear();
            members.stream().filter(EtcdServer::isWatched).forEach(watched::add);
            return watched.size() == 1;
        });
        return watched.getFirst();
    }

    /** Sends SIGKILL to every member; returns when their processes have ended. */
    public EtcdCluster kill() {
        members.forEach(EtcdServer::kill);
        return this;
    }

    /** Kills every running member, starts all of them with their data, and waits until they are healthy. */
    public EtcdCluster restart() {
        try {
            members.forEach(EtcdServer::launch);
            members.forEach(EtcdServer::awaitHealthy);
            return this;
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Kills every running member, starts all of them with an empty store, and waits until they are healthy. */
    public EtcdCluster restartEmpty() {
        members.forEach(EtcdServer::erase);
        return restart();
    }

    /** Kills every member and removes everything that they stored. Idempotent. */
    @Override
    public void close() {
        members.forEach(EtcdServer::close);
        if (network != null) {
            network.close();
        }
    }

    @Override
    public String toString() {
        return members.toString();
    }
}
