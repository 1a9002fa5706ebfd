package dev.godwit.agent.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.trace.TraceEnd;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StopSignalTest {
    private static final long LONG_NANOS = Duration.ofHours(1).toNanos();

    private final StopSignal signal = new StopSignal(Thread.currentThread());

    @Test
    void aRecordingThatHasNoFilesYetIsNotWaitedForAndNeverCreatesAny() throws InterruptedException {
        signal.stopAndWait(TraceEnd.Reason.PROGRAM_ENDED, LONG_NANOS);

        assertThat(signal.mayCreateFiles()).isFalse();
        assertThat(signal.given()).contains(TraceEnd.Reason.PROGRAM_ENDED);
    }

    @Test
    void aRecordingThatHasFilesIsWaitedForUntilTheyAreDone() throws InterruptedException {
        assertThat(signal.mayCreateFiles()).isTrue();
        Thread recording = new Thread(this::endWhenTold);
        recording.start();
        signal.stopAndWait(TraceEnd.Reason.PROGRAM_ENDED, LONG_NANOS);

        assertThat(signal.given()).contains(TraceEnd.Reason.PROGRAM_ENDED);
        recording.join();
    }

    private void endWhenTold() {
        while (signal.given().isEmpty()) {
            Thread.onSpinWait();
        }
        signal.filesAreDone();
    }

    @Test
    void theWaitIsBounded() throws InterruptedException {
        assertThat(signal.mayCreateFiles()).isTrue();
        signal.stopAndWait(TraceEnd.Reason.PROGRAM_ENDED, 1_000_000);

        assertThat(signal.given()).isPresent();
    }

    @Test
    void theFirstReasonStands() {
        signal.stop(TraceEnd.Reason.COMPLETED);
        signal.stop(TraceEnd.Reason.PROGRAM_ENDED);

        assertThat(signal.given()).contains(TraceEnd.Reason.COMPLETED);
    }
}
