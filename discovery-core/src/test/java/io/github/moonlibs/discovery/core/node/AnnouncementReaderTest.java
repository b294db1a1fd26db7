package io.github.moonlibs.discovery.core.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.Announcement;
import io.github.moonlibs.discovery.core.MemoryResult;
import io.github.moonlibs.discovery.core.node.AnnouncementReader.NoAnnouncementException;
import io.github.moonlibs.discovery.core.node.AnnouncementReader.Reading;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60) // writing two million digits down takes many seconds, and is not to be done
class AnnouncementReaderTest {
    private static Reading read(Object announcement) throws NoAnnouncementException {
        return AnnouncementReader.read(new MemoryResult(List.of(announcement)), 100);
    }

    @Test
    void aWeightOfMillionsOfDigitsIsAProblemOfItsMethodAlone() throws NoAnnouncementException {
        BigInteger endless = BigInteger.ONE.shiftLeft(6_643_856);
        Map<String, Object> methods = new LinkedHashMap<>();
        methods.put("whole", Map.of("weight", endless));
        methods.put("decimal", Map.of("weight", new BigDecimal(endless, 1_000)));
        methods.put("flag", Map.of("retriable", endless));
        methods.put("huge", Map.of("weight", new BigDecimal(BigInteger.ONE, -1_000_000_000)));
        methods.put("tiny", Map.of("weight", new BigDecimal(BigInteger.ONE, 1_000_000_000)));
        methods.put("good", Map.of("weight", new BigDecimal("0.5")));

        Reading reading = read(Map.of("methods", methods));

        assertThat(reading.announcement().methods()).containsOnlyKeys("tiny", "good");
        assertThat(reading.announcement().methods().get("tiny"))
                .isNotNull()
                .extracting(Announcement.Method::weight)
                .isEqualTo(0.0);
        assertThat(reading.problems().lines())
                .contains("method whole left out: expected a finite number of at least 0 as its weight, got a number of"
                        + " too many digits")
                .hasSize(4)
                .allMatch(line -> line.length() < 200);
    }

    @Test
    void whatIsTooLargeIsRefusedBeforeItIsDecoded() {
        assertThatThrownBy(() -> AnnouncementReader.read(new MemoryResult(List.of(Map.of())), 1 << 30))
                .isInstanceOf(NoAnnouncementException.class)
                .hasMessageMatching("expected an announcement of at most \\d+ bytes, got 1073741824");
    }

    @Test
    void manyProblemsAreAFewAndACount() throws NoAnnouncementException {
        Map<String, Object> methods = new LinkedHashMap<>();
        for (int i = 0; i < 100; i++) {
            methods.put("m" + i + "\n\u001b" + "x".repeat(10_000), Map.of("weight", "a\nb" + "y".repeat(10_000)));
        }

        List<String> lines = read(Map.of("methods", methods)).problems().lines();

        assertThat(lines).hasSize(6).allMatch(line -> line.length() < 500 && !line.contains("\n"));
        assertThat(lines.getFirst()).startsWith("method m0\\n\\u001bxxx").contains("got the string \"a\\nbyyy");
        assertThat(lines.getLast()).isEqualTo("and 95 more problems, 100 in all");
    }
}
