package io.github.moonlibs.discovery.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final Duration TEN_MINUTES = Duration.ofMinutes(10);

    @Test
    void seedReplaysItsFaults() {
        assertThat(Schedule.of(42, TEN_MINUTES)).isEqualTo(Schedule.of(42, TEN_MINUTES));
        assertThat(Schedule.of(43, TEN_MINUTES).faults())
                .isNotEqualTo(Schedule.of(42, TEN_MINUTES).faults());
    }

    @Test
    void nodeHasOneFaultAtATime() {
        for (long seed = 0; seed < 50; seed++) {
            Schedule schedule = Schedule.of(seed, TEN_MINUTES);
            for (int node = 0; node < Schedule.NODES; node++) {
                List<PlannedFault> faults = schedule.of(node);
                for (int i = 1; i < faults.size(); i++) {
                    assertThat(faults.get(i).at())
                            .as("seed %d: %s after %s", seed, faults.get(i), faults.get(i - 1))
                            .isGreaterThanOrEqualTo(faults.get(i - 1).end());
                }
            }
        }
    }

    @Test
    void everyKindOfFaultIsInTenMinutes() {
        assertThat(LongStream.range(0, 20).boxed())
                .allSatisfy(seed -> assertThat(Schedule.of(seed, TEN_MINUTES).faults())
                        .extracting(PlannedFault::kind)
                        .contains(FaultKind.values()));
    }

    @Test
    void twoMinutesHaveDozensOfFaults() {
        assertThat(LongStream.range(0, 20).boxed())
                .allSatisfy(seed -> assertThat(
                                Schedule.of(seed, Duration.ofMinutes(2)).faults())
                        .hasSizeGreaterThan(30));
    }

    @Test
    void allNodesAreInTroubleTogetherOnceInAMinute() {
        Schedule schedule = Schedule.of(7, TEN_MINUTES);
        long calamities = IntStream.range(0, 10 * 600)
                .mapToObj(tenth -> Duration.ofMillis(100L * tenth))
                .filter(time -> IntStream.range(0, Schedule.NODES)
                        .allMatch(node -> schedule.of(node).stream()
                                .anyMatch(fault -> fault.at().compareTo(time) <= 0
                                        && fault.at().plusSeconds(1).compareTo(time) > 0)))
                .map(Duration::toMinutes)
                .distinct()
                .count();
        assertThat(calamities).isGreaterThanOrEqualTo(8);
    }

    @Test
    void withoutFirewallTheOtherFaultsStayAsTheyAre() {
        Schedule schedule = Schedule.of(1, TEN_MINUTES);
        assertThat(schedule.withoutFirewall().faults())
                .isEqualTo(schedule.faults().stream()
                        .filter(fault -> !fault.kind().needsFirewall())
                        .toList())
                .extracting(PlannedFault::kind)
                .containsAll(Arrays.stream(FaultKind.values())
                        .filter(kind -> !kind.needsFirewall())
                        .toList());
    }
}
