package io.github.moonlibs.discovery.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The site as a reader sees it, opened from a folder, without a server. */
@Tag("chromium")
@Timeout(300)
class SiteInChromiumTest {
    private static final List<Integer> WIDTHS = List.of(1280, 768, 390);
    private static final int HEIGHT = 800;
    private static final Pattern ID = Pattern.compile(" id=\"([^\"]+)\"");

    /** What is wider than the window, and doesn't scroll by itself. */
    private static final String OVERFLOW =
            "document.documentElement.scrollWidth > innerWidth ? document.documentElement.scrollWidth : 0";

    private static final String BROKEN_PICTURES =
            "[...document.images].filter(i => !i.complete || i.naturalWidth === 0).map(i => i.src)";

    private static final String FROM_ELSEWHERE =
            "[...document.querySelectorAll('[src], link')].map(e => e.src || e.href).filter(it => !/^file:/.test(it))";

    /** Text that is hard to read, with its colours. */
    private static final String CONTRAST = """
            axe.run({ runOnly: ['color-contrast'], preload: false }).then(found => found.violations
              .flatMap(rule => rule.nodes.map(node => node.any[0].message + ' ' + node.html)).slice(0, 5))
            """;

    private static final String STRUCTURE = """
            axe.run({ runOnly: ['wcag2a', 'wcag2aa'], rules: { 'color-contrast': { enabled: false } }, preload: false })
              .then(found => found.violations
                .flatMap(rule => rule.nodes.map(node => rule.id + ' ' + node.html)).slice(0, 5))
            """;

    @TempDir
    private static Path folder;

    private static Path site;
    private static Chromium chromium;

    @BeforeAll
    static void start() throws IOException {
        site = ThisSite.folder();
        chromium = new Chromium(folder);
    }

    @AfterAll
    static void stop() {
        chromium.close();
    }

    @AfterEach
    void nothingWasWrittenToTheConsole() {
        assertThat(chromium.complaints()).isEmpty();
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> files = Files.list(site)) {
            return files.filter(file -> file.toString().endsWith(".html"))
                    .sorted()
                    .toList();
        }
    }

    private static void open(String page) {
        chromium.open(site.resolve(page).toUri());
    }

    private static List<String> texts(String expression) {
        List<String> texts = new ArrayList<>();
        chromium.value(expression).forEach(text -> texts.add(text.asText()));
        return texts;
    }

    @Test
    void everyPageFitsAndLeadsToWhatIsThere() throws IOException {
        Map<Path, Set<String>> anchors = new HashMap<>();
        List<String> faults = new ArrayList<>();
        int links = 0;
        for (Path page : pages()) {
            chromium.open(page.toUri());
            for (int width : WIDTHS) {
                chromium.width(width, HEIGHT);
                int wide = chromium.value(OVERFLOW).asInt();
                if (wide > 0) {
                    faults.add(page.getFileName() + " is " + wide + " wide in a window of " + width);
                }
            }
            texts(BROKEN_PICTURES).forEach(picture -> faults.add(page.getFileName() + " lacks " + picture));
            texts(FROM_ELSEWHERE).forEach(other -> faults.add(page.getFileName() + " loads " + other));
            for (String link : texts("[...document.links].map(link => link.href)")) {
                URI target = URI.create(link);
                if (target.getScheme().equals("file")) {
                    links++;
                    if (!leads(target, anchors)) {
                        faults.add(page.getFileName() + " links to " + link);
                    }
                }
            }
        }
        assertThat(links).isGreaterThan(1000);
        assertThat(faults).isEmpty();
    }

    private static boolean leads(URI target, Map<Path, Set<String>> anchors) throws IOException {
        Path file = Path.of(target.getPath());
        if (!Files.isRegularFile(file)) {
            return false;
        }
        if (!anchors.containsKey(file)) {
            Set<String> ids = new HashSet<>();
            Matcher found = ID.matcher(Files.readString(file));
            while (found.find()) {
                ids.add(found.group(1));
            }
            anchors.put(file, ids);
        }
        return target.getFragment() == null || anchors.get(file).contains(target.getFragment());
    }

    @Test
    void everythingCanBeReadInLightAndDark() throws IOException {
        String axe;
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("/axe.min.js"))) {
            axe = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        List<String> faults = new ArrayList<>();
        for (String page : List.of("index.html", "start.html", "cli.html", "options.html", "strategies.html")) {
            open(page);
            chromium.value(axe + "; 0");
            texts(STRUCTURE).forEach(fault -> faults.add(page + ": " + fault));
            for (String scheme : List.of("light", "dark")) {
                chromium.prefer(scheme);
                texts(CONTRAST).forEach(fault -> faults.add(page + ", " + scheme + ": " + fault));
            }
        }
        assertThat(faults).isEmpty();
    }

    @Test
    void theSearchFindsPagesAndTypesByTheKeyboardAlone() {
        chromium.width(1280, HEIGHT);
        open("index.html");
        assertThat(searched("retry budget")).first().asString().startsWith("The retry budget");
        chromium.press("Enter", 13, "\r");
        await("location.href.endsWith('/retries.html#the-retry-budget') && document.readyState == 'complete'");

        open("start.html");
        assertThat(searched("CallOptions")).anyMatch(result -> result.startsWith("CallOptions API"));
        chromium.press("Escape", 27, "");
        assertThat(chromium.value("document.getElementById('results').hidden").asBoolean())
                .isTrue();
        assertThat(searched("xyzzy")).containsExactly("Nothing has all of these words.");
    }

    private static List<String> searched(String words) {
        chromium.press("/", 191, "/");
        chromium.type(words);
        await("document.querySelectorAll('#results li').length > 0");
        return texts(
                "[...document.querySelectorAll('#results li')].map(result => result.innerText.replace(/\\s+/g, ' '))");
    }

    @Test
    void aPhonesMenuIsShutUntilItIsOpened() {
        chromium.width(390, HEIGHT);
        open("retries.html");
        assertThat(chromium.value("document.querySelector('h1').getBoundingClientRect().top")
                        .asDouble())
                .isLessThan(HEIGHT / 4.0);
        assertThat(menuIsShown()).isFalse();
        chromium.value("document.getElementById('menu').click()");
        assertThat(menuIsShown()).isTrue();
        chromium.press("Escape", 27, "");
        assertThat(menuIsShown()).isFalse();
    }

    private static boolean menuIsShown() {
        return chromium.value("document.getElementById('pages').checkVisibility()")
                .asBoolean();
    }

    private static void await(String condition) {
        JsonNode done = chromium.value("""
                new Promise(done => {
                  const end = Date.now() + 30000;
                  (function look() {
                    if (%s || Date.now() > end) { done(%s); } else { setTimeout(look, 20); }
                  })();
                })
                """.formatted(condition, condition));
        assertThat(done.asBoolean()).as(condition).isTrue();
    }
}
