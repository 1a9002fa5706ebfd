package dev.godwit.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceRoundTripTest {
    @TempDir
    Path temp;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyTypeOfRecordIsReadAsItWasWritten(long seed) throws IOException {
        List<TraceRecord> written = new RandomRecords(seed).trace(500);
        Traces.write(temp.resolve("trace"), written);

        List<TraceRecord> expected = new ArrayList<>(written);
        long end = written.stream().mapToLong(TraceRecord::timeNanos).max().orElseThrow();
        expected.add(new TraceEnd(end, written.size(), TraceEnd.Reason.COMPLETED));
        assertThat(Traces.read(temp.resolve("trace"))).isEqualTo(expected);
    }
}
