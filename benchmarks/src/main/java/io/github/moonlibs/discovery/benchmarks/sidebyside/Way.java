package io.github.moonlibs.discovery.benchmarks.sidebyside;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntPredicate;

/** How calls are made, and by which kind of thread. */
@SuppressWarnings("ImmutableEnumChecker") // its sets are never changed
enum Way {
    DISCOVERY(true, EnumSet.allOf(Load.Kind.class), callers -> true),
    DISCOVERY_PLATFORM(false, EnumSet.of(Load.Kind.CALLS), callers -> callers == 1 || callers == Way.POOL),
    /** With two threads that read. */
    DISCOVERY_IO_2(true, EnumSet.of(Load.Kind.CALLS), callers -> callers == 64 || callers == 512),
    DISCOVERY_MANY(false, EnumSet.of(Load.Kind.CALLS), callers -> callers != Way.POOL),
    /** Another client. */
    DRIVER(true, EnumSet.allOf(Load.Kind.class), callers -> callers <= 512 && callers != Way.POOL),
    DRIVER_PLATFORM(false, EnumSet.noneOf(Load.Kind.class), callers -> false),
    SOCKET(true, EnumSet.complementOf(EnumSet.of(Load.Kind.NETWORK)), callers -> callers <= 512 && callers != Way.POOL),
    SOCKET_PLATFORM(false, EnumSet.of(Load.Kind.CALLS), callers -> callers == 1),
    BULK(false, EnumSet.of(Load.Kind.CALLS), callers -> callers <= 512 && callers != Way.POOL);

    /** So many threads has a pool of platform threads, which is compared with as many virtual ones. */
    private static final int POOL = 200;

    private final boolean virtual;
    private final Set<Load.Kind> usualKinds;
    private final IntPredicate usualCallers;

    Way(boolean virtual, Set<Load.Kind> usualKinds, IntPredicate usualCallers) {
        this.virtual = virtual;
        this.usualKinds = usualKinds;
        this.usualCallers = usualCallers;
    }

    /** @param driver the class of the {@link Driver}, if it is one */
    Contestant open(String driver, List<String> endpoints, int callers) throws Exception {
        return switch (this) {
            case DISCOVERY, DISCOVERY_PLATFORM -> new DiscoveryContestant(endpoints, options -> options);
            case DISCOVERY_IO_2 -> new DiscoveryContestant(endpoints, options -> options.ioThreads(2));
            case DISCOVERY_MANY -> new ManyContestant(endpoints, callers);
            case DRIVER, DRIVER_PLATFORM -> new DriverContestant(driver, endpoints);
            case SOCKET, SOCKET_PLATFORM -> new SocketContestant(endpoints);
            case BULK -> new BulkContestant(endpoints, callers);
        };
    }

    Thread.Builder threads() {
        return virtual ? Thread.ofVirtual() : Thread.ofPlatform();
    }

    /** Whether it is measured by default under this load. */
    boolean isUsualUnder(Load load) {
        return usualKinds.contains(load.kind()) && usualCallers.test(load.callers());
    }

    boolean isDiscovery() {
        return switch (this) {
            case DISCOVERY, DISCOVERY_PLATFORM, DISCOVERY_IO_2, DISCOVERY_MANY -> true;
            default -> false;
        };
    }

    /** The name in results. */
    String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
