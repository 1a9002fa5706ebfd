package dev.godwit.agent.hint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

class CollectionClockTest {
    @Test
    void whatTheUptimeIsAheadOfACollectionsTimeIsTakenAway() {
        CollectionClock clock = new CollectionClock(45);

        assertThat(clock.sinceMillis(1_045, 1_000)).isZero();
        assertThat(clock.sinceMillis(1_053, 1_000)).isEqualTo(8);
        assertThat(clock.sinceMillis(61_045, 1_000)).isEqualTo(60_000);
    }

    @Test
    void untilACollectionHasEndedItIsTheUptime() {
        assertThat(new CollectionClock(45).sinceMillis(70, 0)).isEqualTo(70);
    }

    @Test
    void aTimeOfDaySetBackIsMendedByTheFirstCollectionsSeen() {
        CollectionClock clock = new CollectionClock(3_600_045);

        assertThat(clock.sinceMillis(1_053, 1_000)).isZero();
        assertThat(clock.sinceMillis(2_046, 2_000)).isZero();
        assertThat(clock.sinceMillis(2_546, 2_000)).isEqualTo(500);
    }

    @Test
    void aTimeOfDaySetForwardCountsForNothing() {
        assertThat(new CollectionClock(-3_600_000).sinceMillis(1_045, 1_000)).isEqualTo(45);
    }

    @Test
    void theDifferenceIsTakenFromWhenTheJvmWasReadyAndAReadingHeldUpDoesNoHarm() {
        Iterator<Long> timeOfDay =
                List.of(10_900L, 10_000L, 10_001L, 17_000L, 10_003L).iterator();
        CollectionClock clock = CollectionClock.of(() -> 5_045, timeOfDay::next, 5_000);

        assertThat(clock.sinceMillis(5_145, 5_000)).isEqualTo(100);
        assertThat(timeOfDay.hasNext()).isFalse();
    }
}
