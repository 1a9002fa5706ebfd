package dev.godwit.hypervisor.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.trace.GarbageCollection;
import dev.godwit.trace.HintEvent;
import dev.godwit.trace.JvmSignals;
import java.util.List;
import org.junit.jupiter.api.Test;

class SignalTimelineTest {
    private static final long MS = 1_000_000;
    private static final long MIB = 1 << 20;

    @Test
    void aTraceWithoutSamplesAndHintsTellsNothing() {
        assertThat(new SignalTimeline(List.of(), List.of(), List.of(), MS).at(5, 0))
                .isEmpty();
    }

    @Test
    void aSectionIsOpenFromItsOpeningUpToItsClosing() {
        SignalTimeline timeline = of(
                hint(10, HintEvent.Type.CRITICAL_OPEN, "b", 0, 1),
                hint(20, HintEvent.Type.CRITICAL_OPEN, "a", 0, 1),
                hint(30, HintEvent.Type.CRITICAL_CLOSE, "b", 20, 1));
        assertThat(at(timeline, 9).isCritical()).isFalse();
        assertThat(at(timeline, 10).isCritical()).isTrue();
        assertThat(at(timeline, 25).criticalNames()).containsExactly("b", "a");
        assertThat(at(timeline, 25).oldestCriticalNanos()).isEqualTo(15 * MS);
        assertThat(at(timeline, 30).criticalNames()).containsExactly("a");
        assertThat(at(timeline, 1_000).criticalNames()).containsExactly("a");
    }

    @Test
    void briefSectionsAreOpenForTheirShareOfTheInterval() {
        SignalTimeline timeline = of(hint(100, HintEvent.Type.CRITICAL_BRIEF, "brief", 25, 10));
        int open = 0;
        for (int tenths = 1_000; tenths < 2_000; tenths++) {
            open += timeline.at(tenths * MS / 10, 0).orElseThrow().isCritical() ? 1 : 0;
        }
        assertThat(open).isEqualTo(250);
        assertThat(at(timeline, 201).isCritical()).isFalse();
    }

    @Test
    void aWindowEndsWhenItWasExpectedToOrWhenSomethingElseIsSaid() {
        SignalTimeline timeline = of(
                hint(10, HintEvent.Type.QUIET, "night", 100, 1),
                hint(50, HintEvent.Type.QUIET, "night", 0, 1),
                hint(60, HintEvent.Type.BUSY, "batch", 30, 1));
        assertThat(at(timeline, 40).quietRemainingNanos()).isEqualTo(70 * MS);
        assertThat(at(timeline, 50).quietRemainingNanos()).isZero();
        assertThat(at(timeline, 70).busyRemainingNanos()).isEqualTo(20 * MS);
        assertThat(at(timeline, 90).busyRemainingNanos()).isZero();
    }

    @Test
    void edenFillsBetweenTwoSamplesAndACollectionEmptiesIt() {
        List<JvmSignals> samples = List.of(sample(100, 10, 100), sample(200, 40, 200));
        GarbageCollection collection = new GarbageCollection(
                145 * MS, 5 * MS, 1, GarbageCollection.Type.YOUNG, "", "", "", false, 0, 0, 0, 0, 0);
        SignalTimeline timeline = new SignalTimeline(samples, List.of(), List.of(collection), 100 * MS);
        assertThat(at(timeline, 120).edenUsedBytes()).isEqualTo(30 * MIB);
        assertThat(at(timeline, 120).allocatedBytes()).isEqualTo(120 * MIB);
        assertThat(at(timeline, 170).edenUsedBytes()).isEqualTo(20 * MIB);
        assertThat(at(timeline, 170).sinceCollectionNanos()).isEqualTo(20 * MS);
        assertThat(at(timeline, 300).allocatedBytes()).isEqualTo(200 * MIB);
        assertThat(samples.get(1).nanosToYoungCollection(samples.get(0))).hasValue(60 * MS);
    }

    private static SignalTimeline of(HintEvent... hints) {
        return new SignalTimeline(List.of(), List.of(hints), List.of(), 100 * MS);
    }

    private static JvmSignals at(SignalTimeline timeline, long millis) {
        return timeline.at(millis * MS, 0).orElseThrow();
    }

    private static HintEvent hint(long atMillis, HintEvent.Type type, String name, long millis, long count) {
        return new HintEvent(atMillis * MS, type, name, "", millis * MS, count);
    }

    private static JvmSignals sample(long atMillis, long edenMib, long allocatedMib) {
        return new JvmSignals(
                atMillis * MS,
                0,
                0,
                List.of(),
                0,
                0,
                edenMib * MIB,
                100 * MIB,
                allocatedMib * MIB,
                0,
                atMillis * MS,
                false,
                0,
                0);
    }
}
