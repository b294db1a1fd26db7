package io.github.moonlibs.discovery.benchmarks.sidebyside;

import io.github.moonlibs.discovery.benchmarks.ChildJvm;
import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * A contestant to be measured in processes of its own.
 *
 * @param name in results; with {@code @} and the build's name if it is not this build
 * @param driver the class of its {@link Driver}; empty: it has none
 */
record Contender(String name, Way way, String driver, List<String> classPath) {
    private static final List<String> MODULES = List.of("discovery-api", "discovery-core", "discovery-iproto");

    /** Where the build puts cartridge-driver and what it asks for. */
    private static final String CARTRIDGE = "benchmarks/target/cartridge/*";

    /** Those that are always there. */
    static List<Contender> all() {
        return Arrays.stream(Way.values()).map(Contender::of).toList();
    }

    private static Contender of(Way way) {
        return switch (way) {
            case DRIVER -> cartridge("cartridge", way);
            case DRIVER_PLATFORM -> cartridge("cartridge-platform", way);
            default -> new Contender(way.id(), way, "", ChildJvm.classPath());
        };
    }

    private static Contender cartridge(String name, Way way) {
        return new Contender(name, way, CartridgeDriver.class.getName(), driverPath(CARTRIDGE));
    }

    /** From {@code NAME=CLASSPATH:CLASS}. */
    static Contender outside(String text) {
        int equals = text.indexOf('=');
        int colon = text.lastIndexOf(':');
        if (!text.matches("[a-z][a-z0-9-]*=.+:[\\w.$]+")) {
            throw new IllegalArgumentException("--with: expected NAME=CLASSPATH:CLASS, got " + text);
        }
        String name = text.substring(0, equals);
        Way way = name.endsWith("-platform") ? Way.DRIVER_PLATFORM : Way.DRIVER;
        return new Contender(name, way, text.substring(colon + 1), driverPath(text.substring(equals + 1, colon)));
    }

    /** The driver's path, and of this program only what makes the calls. */
    private static List<String> driverPath(String path) {
        return Stream.concat(
                        Stream.of(path.split(File.pathSeparator, -1)),
                        Stream.of(Cell.class, Histogram.class).map(Contender::home))
                .toList();
    }

    private static String home(Class<?> type) {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .toString();
    }

    /** This one with the classes of another build instead of this library's. */
    Contender ofBuild(String build, Path folder) {
        List<String> path = Stream.concat(
                        MODULES.stream()
                                .map(module -> folder.resolve(module).resolve("target/classes"))
                                .map(Path::toString),
                        classPath.stream().filter(Contender::isForeign))
                .toList();
        return new Contender(name + "@" + build, way, driver, path);
    }

    private static boolean isForeign(String entry) {
        return MODULES.stream().noneMatch(Path.of(entry).getFileName().toString()::startsWith);
    }
}
