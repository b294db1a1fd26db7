package io.github.moonlibs.discovery.chaos;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a node wrote down.
 *
 * @param executions every call that it executed
 * @param torn how many lines a kill had cut short
 */
record Journal(List<Execution> executions, int torn) {
    private static final Pattern LINE = Pattern.compile("(\\d+) ([0-9a-f]{32}) (\\d+\\.\\d+)");

    static Journal read(String node, BufferedReader lines) throws IOException {
        try (lines) {
            List<Execution> executions = new ArrayList<>();
            int torn = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher matcher = LINE.matcher(line);
                if (matcher.matches()) {
                    executions.add(
                            new Execution(node, Long.parseLong(matcher.group(1)), matcher.group(2), matcher.group(3)));
                } else if (!line.isEmpty()) {
                    torn++;
                }
            }
            return new Journal(executions, torn);
        }
    }
}
