package io.github.moonlibs.discovery.docs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** A headless Chromium with one page, driven by the DevTools protocol. */
final class Chromium implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LISTENING = "DevTools listening on ";

    /** For one answer of a busy machine's. */
    private static final int PATIENCE = 60;

    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final AtomicInteger numbers = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> asked = new ConcurrentHashMap<>();
    private final Queue<String> complaints = new ConcurrentLinkedQueue<>();
    private volatile CompletableFuture<JsonNode> loaded = new CompletableFuture<>();
    private final String session;

    /** @param folder where it may write */
    Chromium(Path folder) throws IOException {
        process = new ProcessBuilder(
                        "chromium",
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--disable-dev-shm-usage",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + folder.resolve("chromium"),
                        "about:blank")
                .redirectErrorStream(true)
                .start();
        try {
            socket = http.newWebSocketBuilder()
                    .buildAsync(URI.create(address()), new Listener())
                    .get(PATIENCE, TimeUnit.SECONDS);
            String target = ask("Target.createTarget", Map.of("url", "about:blank"), "")
                    .path("targetId")
                    .asText();
            session = ask("Target.attachToTarget", Map.of("targetId", target, "flatten", true), "")
                    .path("sessionId")
                    .asText();
            for (String domain : List.of("Page", "Runtime", "Log")) {
                ask(domain + ".enable", Map.of());
            }
        } catch (Exception e) {
            close();
            throw new IOException("chromium can't be driven: " + e.getMessage(), e);
        }
    }

    private String address() throws IOException {
        BufferedReader said = process.inputReader();
        StringBuilder all = new StringBuilder();
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.startsWith(LISTENING)) {
                // what it says later must not fill the pipe
                Thread.startVirtualThread(() -> said.lines().forEach(later -> {}));
                return line.substring(LISTENING.length());
            }
            all.append(line).append('\n');
        }
        throw new IOException("it ended, and said: " + all);
    }

    /** Opens a page, and waits until all of it is there. */
    void open(URI page) {
        loaded = new CompletableFuture<>();
        ask("Page.navigate", Map.of("url", page.toString()));
        join("load " + page, loaded);
    }

    void width(int width, int height) {
        ask(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /** @param scheme light or dark */
    void prefer(String scheme) {
        ask(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** The value of an expression of JavaScript, or of the promise that it is. */
    JsonNode value(String expression) {
        JsonNode answer =
                ask("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
        if (answer.has("exceptionDetails")) {
            throw new IllegalStateException(expression + ": " + answer.path("exceptionDetails"));
        }
        return answer.path("result").path("value");
    }

    void type(String text) {
        ask("Input.insertText", Map.of("text", text));
    }

    /** @param code its number on Windows, which the protocol asks for everywhere */
    void press(String key, int code, String text) {
        ask(
                "Input.dispatchKeyEvent",
                Map.of("type", "keyDown", "key", key, "windowsVirtualKeyCode", code, "text", text));
        ask("Input.dispatchKeyEvent", Map.of("type", "keyUp", "key", key, "windowsVirtualKeyCode", code));
    }

    byte[] picture() {
        return JSON.convertValue(
                ask("Page.captureScreenshot", Map.of("format", "png")).path("data"), byte[].class);
    }

    /** Errors that pages have written to the console since the last time. */
    List<String> complaints() {
        List<String> all = new ArrayList<>();
        for (String one = complaints.poll(); one != null; one = complaints.poll()) {
            all.add(one);
        }
        return all;
    }

    private JsonNode ask(String method, Map<String, ?> parameters) {
        return ask(method, parameters, session);
    }

    private JsonNode ask(String method, Map<String, ?> parameters, String session) {
        int number = numbers.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        asked.put(number, answer);
        Map<String, ?> message = session.isEmpty()
                ? Map.of("id", number, "method", method, "params", parameters)
                : Map.of("id", number, "method", method, "params", parameters, "sessionId", session);
        join("take " + method, socket.sendText(JSON.valueToTree(message).toString(), true));
        return join("answer " + method, answer);
    }

    private static <T> T join(String what, CompletableFuture<T> answer) {
        try {
            return answer.get(PATIENCE, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("chromium didn't " + what + " within " + PATIENCE + " s", e);
        } catch (Exception e) {
            throw new CompletionException(what, e);
        }
    }

    private void heard(JsonNode message) {
        JsonNode parameters = message.path("params");
        if (message.has("id")) {
            CompletableFuture<JsonNode> answer = asked.remove(message.path("id").asInt());
            if (answer != null && message.has("error")) {
                answer.completeExceptionally(
                        new IOException(message.path("error").toString()));
            } else if (answer != null) {
                answer.complete(message.path("result"));
            }
            return;
        }
        switch (message.path("method").asText()) {
            case "Page.loadEventFired" -> loaded.complete(parameters);
            case "Runtime.exceptionThrown" -> complaints.add(parameters.toString());
            case "Runtime.consoleAPICalled" -> complain(parameters, parameters.path("type"));
            case "Log.entryAdded" ->
                complain(parameters, parameters.path("entry").path("level"));
            default -> {}
        }
    }

    private void complain(JsonNode said, JsonNode level) {
        if (level.asText().equals("error")) {
            complaints.add(said.toString());
        }
    }

    @Override
    public void close() {
        List<ProcessHandle> all = new ArrayList<>();
        stop(process.toHandle(), all);
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(ended -> ended.onExit().join());
        http.shutdownNow();
    }

    /**
     * Stops it, then its children, and notes them all. One that runs could start another while its children are looked up:
     * that one would still write into the folder when the test deletes it.
     */
    private static void stop(ProcessHandle running, List<ProcessHandle> all) {
        try {
            // the shell's kill, because Java can send neither STOP nor anything to a group
            new ProcessBuilder("sh", "-c", "kill -STOP " + running.pid())
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        all.add(running);
        running.children().forEach(child -> stop(child, all));
    }

    /** Puts the parts of messages together. */
    private final class Listener implements WebSocket.Listener {
        private final StringBuilder parts = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            parts.append(part);
            if (last) {
                try {
                    heard(JSON.readTree(parts.toString()));
                } catch (IOException e) {
                    complaints.add("not JSON: " + parts);
                }
                parts.setLength(0);
            }
            socket.request(1);
            return CompletableFuture.completedStage(null);
        }
    }
}
