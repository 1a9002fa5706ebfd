package dev.godwit.hypervisor.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.trace.HintEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

class HintTimelineTest {
    private static final long MS = SyntheticTrace.MS;

    @Test
    void sectionsAreKnownByTheirBeginningsAndEnds() {
        HintTimeline timeline = timeline(
                event(100, HintEvent.Type.CRITICAL_OPEN, "a", 0, 1),
                event(160, HintEvent.Type.CRITICAL_CLOSE, "a", 60, 1),
                event(150, HintEvent.Type.CRITICAL_OPEN, "b", 0, 1),
                event(180, HintEvent.Type.CRITICAL_CLOSE, "b", 30, 1));

        assertThat(timeline.sections())
                .containsExactly(
                        new HintTimeline.Section(100 * MS, 160 * MS, "a", false),
                        new HintTimeline.Section(150 * MS, 180 * MS, "b", false));
        assertThat(timeline.longestNanos()).isEqualTo(60 * MS);
        assertThat(timeline.criticalNanos(0, 1000 * MS)).isEqualTo(80 * MS);
        assertThat(timeline.criticalNanos(170 * MS, 1000 * MS)).isEqualTo(10 * MS);
    }

    @Test
    void whatWasOpenWhenTheRecordingBeganOrEndedIsOpenThere() {
        HintTimeline timeline = timeline(
                event(40, HintEvent.Type.CRITICAL_CLOSE, "before", 90, 1),
                event(900, HintEvent.Type.CRITICAL_OPEN, "after", 0, 1));

        assertThat(timeline.sections())
                .containsExactly(
                        new HintTimeline.Section(0, 40 * MS, "before", false),
                        new HintTimeline.Section(900 * MS, 1000 * MS, "after", false));
    }

    @Test
    void briefSectionsLieEvenlyInTheirInterval() {
        HintTimeline timeline = timeline(event(100, HintEvent.Type.CRITICAL_BRIEF, "tx", 20, 10));

        assertThat(timeline.sections()).hasSize(10).allMatch(HintTimeline.Section::brief);
        assertThat(timeline.criticalNanos(100 * MS, 200 * MS)).isEqualTo(20 * MS);
    }

    private static HintEvent event(long atMillis, HintEvent.Type type, String name, long millis, long count) {
        return new HintEvent(atMillis * MS, type, name, "", millis * MS, count);
    }

    private static HintTimeline timeline(HintEvent... events) {
        return HintTimeline.of(List.of(events), 1000 * MS, at -> (at / (100 * MS) + 1) * 100 * MS);
    }
}
