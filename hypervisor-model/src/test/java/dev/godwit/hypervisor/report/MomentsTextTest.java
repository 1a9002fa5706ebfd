package dev.godwit.hypervisor.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.guest.GuestMoment;
import dev.godwit.hypervisor.migration.Moments;
import java.util.List;
import org.junit.jupiter.api.Test;

class MomentsTextTest {
    @Test
    void ofOneSectionItSaysForHowLongItWasOpen() {
        assertThat(textOf(1, 1_500_000_000L))
                .isEqualTo("A rehearsal paused its guest inside a critical section (settlement), open for 1.50 s.\n");
    }

    @Test
    void ofSectionsThatOverlapItSaysForHowLongAnyWas() {
        assertThat(textOf(4, 12_220_000_000L))
                .isEqualTo("A rehearsal paused its guest inside 4 critical sections (settlement),"
                        + " one or another of them open for 12.22 s.\n");
    }

    @Test
    void ofAPauseThatHitNothingItSaysNothing() {
        assertThat(textOf(0, 0)).isEmpty();
    }

    private static String textOf(int sections, long oldestNanos) {
        Moments moments = new Moments();
        moments.stoppedAt(new GuestMoment(
                sections,
                oldestNanos,
                sections == 0 ? List.of() : List.of("settlement"),
                0,
                0,
                0,
                0,
                0,
                GuestMoment.NOT_KNOWN,
                0,
                0));
        return MomentsText.of("A rehearsal", moments);
    }
}
