package dev.godwit.hypervisor.migration.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.godwit.hypervisor.migration.ProgressListener;
import org.junit.jupiter.api.Test;

class SharingTest {
    private final Findings findings = new Sharing().run(1, ProgressListener.NONE);

    @Test
    void sharesAreWhatWeightsAndCapsSay() {
        assertThat(share("alone: guest 1")).isEqualTo(100);
        for (int guest = 1; guest <= 3; guest++) {
            assertThat(share("three alike: guest " + guest)).isCloseTo(33.3, within(0.2));
            assertThat(share("three alike on two PCPUs: guest " + guest)).isCloseTo(66.7, within(0.2));
        }
        assertThat(share("weights 2:1: guest 1")).isCloseTo(66.7, within(0.2));
        assertThat(share("cap on an idle host: guest 1")).isEqualTo(25);
        assertThat(share("cap beside another: guest 2")).isCloseTo(75, within(0.2));
    }

    @Test
    void oneThatSleepsGetsWhatItNeedsAtOnceAndTheOthersShareTheRestByWeight() {
        assertThat(share("weights 2:1, and one that sleeps: guest 3")).isCloseTo(10, within(0.2));
        assertThat(share("weights 2:1, and one that sleeps: guest 1")).isCloseTo(60, within(0.4));
    }

    private double share(String label) {
        return findings.rows().stream()
                .filter(row -> row.label().equals(label))
                .findFirst()
                .orElseThrow()
                .value("share");
    }
}
