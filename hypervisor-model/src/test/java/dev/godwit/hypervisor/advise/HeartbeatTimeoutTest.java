package dev.godwit.hypervisor.advise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class HeartbeatTimeoutTest {

    @Test
    void theKnownOnesAreListedWithTheirSources() {
        assertThat(HeartbeatTimeout.known())
                .hasSizeGreaterThan(7)
                .allMatch(timeout -> timeout.source().startsWith("https://"))
                .anyMatch(timeout -> timeout.name().startsWith("ZooKeeper") && timeout.millis() == 4_000)
                .anyMatch(timeout -> timeout.name().startsWith("Hazelcast") && timeout.millis() == 60_000)
                .anyMatch(timeout -> timeout.name().startsWith("Elasticsearch") && timeout.millis() == 30_000)
                .anyMatch(timeout -> timeout.name().startsWith("Kafka broker") && timeout.millis() == 9_000);
    }

    @Test
    void aStopFiresWhatIsShorterThanItsMiddleAndMaybeWhatIsShorterThanItsHighEnd() {
        HeartbeatTimeout timeout = new HeartbeatTimeout("ours", 1_000, "", "");

        assertThat(timeout.firedBy(new Band(10, 20, 999))).isEqualTo(HeartbeatTimeout.Fires.NO);
        assertThat(timeout.firedBy(new Band(10, 20, 1_000))).isEqualTo(HeartbeatTimeout.Fires.MAYBE);
        assertThat(timeout.firedBy(new Band(10, 1_000, 1_200))).isEqualTo(HeartbeatTimeout.Fires.YES);
    }

    @Test
    void aListOfTheUsersAddsToTheKnownOnesAndOverridesThem() {
        List<HeartbeatTimeout> known = HeartbeatTimeout.parse(List.of("a | 10 | dies | x", "b | 20 | dies | y"));
        List<HeartbeatTimeout> ours =
                HeartbeatTimeout.parse(List.of("# ours", "", " b | 5 | restarts | z", "c | 7 | waits | -"));

        assertThat(HeartbeatTimeout.merged(known, ours))
                .containsExactly(
                        new HeartbeatTimeout("a", 10, "dies", "x"),
                        new HeartbeatTimeout("b", 5, "restarts", "z"),
                        new HeartbeatTimeout("c", 7, "waits", "-"));
    }

    @Test
    void aLineOfAnotherShapeIsRefusedByItsNumber() {
        for (String line : List.of("a | 10", "a | -1 | x | y", "a | soon | x | y", " | 5 | x | y", "a|1|2|3|4")) {
            assertThatThrownBy(() -> HeartbeatTimeout.parse(List.of("# first", line)))
                    .as(line)
                    .hasMessageStartingWith("line 2 is no timeout: give name | milliseconds");
        }
    }
}
