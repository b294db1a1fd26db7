package io.github.moonlibs.discovery.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** This process's connections to the nodes, as Linux lists them. */
final class Sockets {
    private static final Path OPEN_FILES = Path.of("/proc/self/fd");
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
    private static final int REMOTE = 2;
    private static final int INODE = 9;

    private Sockets() {}

    /** Each of them in words; empty where the system has no such lists. */
    static List<String> ofThisProcess(List<Member> members) throws IOException {
        List<String> found = new ArrayList<>();
        if (Files.isDirectory(OPEN_FILES)) {
            Set<String> inodes = inodes();
            for (Path table : TABLES) {
                for (String line : Files.exists(table) ? Files.readAllLines(table) : List.<String>of()) {
                    String[] columns = line.strip().split("\\s+", -1);
                    for (Member member : members) {
                        if (columns[REMOTE].endsWith(hex(member)) && inodes.contains(columns[INODE])) {
                            found.add("a socket is connected to " + member + ": " + line.strip());
                        }
                    }
                }
            }
        }
        return found;
    }

    private static Set<String> inodes() throws IOException {
        Set<String> inodes = new HashSet<>();
        try (Stream<Path> files = Files.list(OPEN_FILES)) {
            for (Path file : files.toList()) {
                try {
                    String target = Files.readSymbolicLink(file).toString();
                    if (target.startsWith("socket:[")) {
                        inodes.add(target.substring("socket:[".length(), target.length() - 1));
                    }
                } catch (IOException closedMeanwhile) {
                    // it is not there any more
                }
            }
        }
        return inodes;
    }

    /** Address and port as the tables have them: an address of four bytes, last byte first. */
    private static String hex(Member member) throws IOException {
        byte[] address = InetAddress.getByName(member.host()).getAddress();
        return String.format(
                Locale.ROOT, "%02X%02X%02X%02X:%04X", address[3], address[2], address[1], address[0], member.port());
    }
}
