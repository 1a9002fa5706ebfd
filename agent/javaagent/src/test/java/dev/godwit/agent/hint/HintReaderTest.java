package dev.godwit.agent.hint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.godwit.bootstrap.HintBridge;
import dev.godwit.trace.HintEvent;
import dev.godwit.trace.JvmSignals;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * The bridge is one per JVM: each test uses a name of its own and looks at the events of that name only. Its time is one per JVM
 * too: no other test that sets it runs at the same time.
 */
@ResourceLock("HintBridge")
class HintReaderTest {
    private static final long MILLI = 1_000_000;

    private final List<HintEvent> events = new ArrayList<>();
    private final long start = System.nanoTime();
    private HintReader reader;

    private void begin() {
        reader = new HintReader(start, events::add);
    }

    private void readAfter(long millis) {
        reader.read(start + millis * MILLI);
    }

    private List<HintEvent> eventsOf(String name) {
        return events.stream().filter(event -> event.name().equals(name)).toList();
    }

    @Test
    void aSectionThatTwoReadingsFindOpenIsReportedWhenItOpensAndWhenItCloses() {
        begin();
        readAfter(5);
        int slot = HintBridge.open("a long one");
        readAfter(10);
        assertThat(eventsOf("a long one")).isEmpty();
        readAfter(15);
        readAfter(20);
        HintBridge.close(slot);
        readAfter(25);
        reader.flush();

        String thread = Thread.currentThread().getName();
        assertThat(eventsOf("a long one"))
                .containsExactly(
                        new HintEvent(5 * MILLI, HintEvent.Type.CRITICAL_OPEN, "a long one", thread, 0, 1),
                        new HintEvent(25 * MILLI, HintEvent.Type.CRITICAL_CLOSE, "a long one", thread, 20 * MILLI, 1));
    }

    @Test
    void aSectionThatIsOpenWhenTheRecordingBeginsAndClosesBeforeTheFirstReadingBeganWithTheRecording() {
        int slot = HintBridge.open("open before");
        begin();
        HintBridge.close(slot);
        readAfter(5);
        reader.flush();

        assertThat(eventsOf("open before"))
                .containsExactly(new HintEvent(0, HintEvent.Type.CRITICAL_BRIEF, "open before", "", 0, 1));
    }

    @Test
    void sectionsBetweenTwoReadingsAreSummedUp() {
        begin();
        readAfter(5);
        for (int i = 0; i < 7; i++) {
            HintBridge.close(HintBridge.open("a brief one"));
        }
        readAfter(10);
        HintBridge.close(HintBridge.open("a brief one"));
        readAfter(15);
        reader.flush();

        assertThat(eventsOf("a brief one"))
                .containsExactly(new HintEvent(5 * MILLI, HintEvent.Type.CRITICAL_BRIEF, "a brief one", "", 0, 8));
    }

    @Test
    void aBriefSectionThatAReadingFallsIntoCountsForTheTimeBetweenTwoReadings() {
        begin();
        readAfter(5);
        HintBridge.close(HintBridge.open("hit"));
        int slot = HintBridge.open("hit");
        readAfter(11);
        HintBridge.close(slot);
        readAfter(16);
        reader.flush();

        assertThat(eventsOf("hit"))
                .containsExactly(new HintEvent(5 * MILLI, HintEvent.Type.CRITICAL_BRIEF, "hit", "", 6 * MILLI, 2));
    }

    @Test
    void aSectionInWhoseStayAnotherOfItsNameOpensIsOneLongSection() {
        begin();
        readAfter(5);
        int slot = HintBridge.open("overlapping");
        readAfter(10);
        HintBridge.open("overlapping");
        HintBridge.close(slot);
        readAfter(15);
        HintBridge.close(slot);
        readAfter(20);
        reader.flush();

        assertThat(eventsOf("overlapping"))
                .extracting(HintEvent::type)
                .containsExactly(
                        HintEvent.Type.CRITICAL_OPEN, HintEvent.Type.CRITICAL_CLOSE, HintEvent.Type.CRITICAL_BRIEF);
    }

    @Test
    void aSectionThatIsOpenWhenTheRecordingBeginsOpensWithIt() {
        HintBridge.readAt(start - 1);
        int slot = HintBridge.open("before");
        HintBridge.safePoint("before");
        begin();
        readAfter(5);
        HintBridge.close(slot);
        readAfter(10);
        reader.flush();

        assertThat(eventsOf("before"))
                .extracting(HintEvent::type, HintEvent::timeNanos)
                .containsExactly(
                        tuple(HintEvent.Type.CRITICAL_OPEN, 0L), tuple(HintEvent.Type.CRITICAL_CLOSE, 10 * MILLI));
    }

    @Test
    void safePointsAreReportedAsTheyComeUntilThereAreTooMany() {
        begin();
        for (int i = 1; i <= 100; i++) {
            HintBridge.safePoint("often");
            readAfter(i);
        }
        reader.flush();

        assertThat(eventsOf("often")).hasSize(65);
        assertThat(eventsOf("often").stream().mapToLong(HintEvent::count).sum()).isEqualTo(100);
    }

    @Test
    void aQuietTimeIsReportedWithItsLength() {
        begin();
        HintBridge.quiet("night", 42);
        readAfter(5);

        assertThat(eventsOf("night"))
                .containsExactly(new HintEvent(5 * MILLI, HintEvent.Type.QUIET, "night", "", 42, 1));
    }

    @Test
    void itIsActiveWhileThereIsSomethingToSee() {
        begin();
        readAfter(5);
        int slot = HintBridge.open("active");
        readAfter(10);
        assertThat(reader.isActive()).isTrue();
        HintBridge.close(slot);
        readAfter(15);
        readAfter(20);
        assertThat(reader.isActive()).isFalse();
    }

    @Test
    void windowsAreReportedWithWhatWasExpectedOfThem() {
        begin();
        HintBridge.busy("a window", 30 * MILLI);
        readAfter(5);
        HintBridge.quiet("a window", 20 * MILLI);
        HintBridge.busy("a window", 0);
        readAfter(10);
        readAfter(15);

        assertThat(eventsOf("a window"))
                .containsExactly(
                        new HintEvent(5 * MILLI, HintEvent.Type.BUSY, "a window", "", 30 * MILLI, 1),
                        new HintEvent(10 * MILLI, HintEvent.Type.QUIET, "a window", "", 20 * MILLI, 1),
                        new HintEvent(10 * MILLI, HintEvent.Type.BUSY, "a window", "", 0, 1));
    }

    @Test
    void aSectionWhoseThreadDiedStaysOpenUnderTheNameOfThatThread() throws InterruptedException {
        begin();
        readAfter(5);
        Thread dying = new Thread(() -> HintBridge.open("left open"), "dying thread");
        dying.start();
        dying.join();
        for (int millis = 10; millis < 100; millis += 5) {
            readAfter(millis);
        }
        reader.flush();

        assertThat(eventsOf("left open"))
                .containsExactly(
                        new HintEvent(5 * MILLI, HintEvent.Type.CRITICAL_OPEN, "left open", "dying thread", 0, 1));
        JvmSignals signals = new SignalReader(OptionalLong::empty).read(0, false);
        assertThat(signals.criticalNames()).contains("left open");
    }
}
