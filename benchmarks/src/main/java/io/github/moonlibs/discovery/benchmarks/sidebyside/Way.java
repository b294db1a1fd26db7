package io.github.moonlibs.discovery.benchmarks.sidebyside;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** All contestants, each with the kind of thread that calls. */
enum Way {
    DISCOVERY(true, Integer.MAX_VALUE),
    DISCOVERY_PLATFORM(false, 1),
    DISCOVERY_MANY(false, Integer.MAX_VALUE),
    CARTRIDGE(true, Integer.MAX_VALUE),
    CARTRIDGE_PLATFORM(false, 0),
    SOCKET(true, 512),
    SOCKET_PLATFORM(false, 1),
    BULK(false, 512);

    private final boolean virtual;
    private final int usualCallers;

    Way(boolean virtual, int usualCallers) {
        this.virtual = virtual;
        this.usualCallers = usualCallers;
    }

    Contestant open(List<String> endpoints, int callers) throws IOException, InterruptedException {
        return switch (this) {
            case DISCOVERY, DISCOVERY_PLATFORM -> new DiscoveryContestant(endpoints);
            case DISCOVERY_MANY -> new ManyContestant(endpoints, callers);
            case CARTRIDGE, CARTRIDGE_PLATFORM -> new CartridgeContestant(endpoints);
            case SOCKET, SOCKET_PLATFORM -> new SocketContestant(endpoints);
            case BULK -> new BulkContestant(endpoints, callers);
        };
    }

    Thread.Builder threads() {
        return virtual ? Thread.ofVirtual() : Thread.ofPlatform();
    }

    /** Whether it is measured by default with this many callers. */
    boolean isUsualWith(int callers) {
        return callers <= usualCallers;
    }

    boolean isDiscovery() {
        return this == DISCOVERY || this == DISCOVERY_PLATFORM;
    }

    /** The name on the command line and in results. */
    String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @throws IllegalArgumentException if there is none with this name */
    static Way of(String id) {
        return Arrays.stream(values())
                .filter(way -> way.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("contestant " + id + ": expected one of "
                        + Arrays.stream(values()).map(Way::id).collect(Collectors.joining(", "))));
    }
}
