package io.github.moonlibs.discovery.iproto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of the tests in a JVM of its own, for what a JVM has only one of. */
final class ChildJvm {
    private ChildJvm() {}

    /** What it said. */
    static String run(Class<?> program, List<String> jvm, String... arguments) throws Exception {
        return run(List.of(), program, jvm, arguments);
    }

    /** What it said when it was allowed so many file descriptors and no more. */
    static String runWithDescriptors(int descriptors, Class<?> program, String... arguments) throws Exception {
        String limited = "ulimit -n " + descriptors + " && exec \"$@\"";
        return run(List.of("sh", "-c", limited, "sh"), program, List.of(), arguments);
    }

    private static String run(List<String> shell, Class<?> program, List<String> jvm, String... arguments)
            throws Exception {
        List<String> command = new ArrayList<>(shell);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        // for Threads
        command.add("--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED");
        command.addAll(List.of("-cp", classPath(), program.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
            return said.strip();
        } finally {
            process.destroyForcibly();
        }
    }

    /** The module path counts as well: in the child there are no modules. */
    private static String classPath() throws Exception {
        StringBuilder path = new StringBuilder(System.getProperty("java.class.path"));
        String modules = System.getProperty("jdk.module.path");
        if (modules != null) {
            path.append(File.pathSeparator).append(modules);
        }
        for (Class<?> type : new Class<?>[] {ChildJvm.class, IprotoTransport.class}) {
            path.append(File.pathSeparator)
                    .append(Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI()));
        }
        // where the module is patched with its tests, they are not where its classes come from
        return path.append(File.pathSeparator).append("target/test-classes").toString();
    }
}
