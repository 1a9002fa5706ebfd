package dev.godwit.agent.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.agent.it.programs.Allocating;
import dev.godwit.trace.ContentSample;
import dev.godwit.trace.TraceEnd;
import dev.godwit.trace.TraceFormatException;
import dev.godwit.trace.TraceRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that end in other ways than by returning from main. */
class KillIT {
    @TempDir
    Path directory;

    @ParameterizedTest(name = "JDK {0}")
    @ValueSource(ints = {17, 25})
    void aKilledProgramLeavesATraceThatIsCutOffAndNothingElse(int feature) throws IOException, InterruptedException {
        Application application = new Application(directory, feature).recording("");
        Process process = application.start(Allocating.class, never(), "0");
        // With the first sample the last native library is loaded: until then a file of it lies about for a moment.
        Traces.await(application.trace(), records -> records.stream().anyMatch(ContentSample.class::isInstance));
        process.destroyForcibly();

        assertThat(application.await(process).exitCode()).isEqualTo(128 + 9);
        assertThat(application.leftovers()).isEmpty();
        assertThatThrownBy(() -> Traces.read(application.trace()))
                .isInstanceOf(TraceFormatException.class)
                .hasMessageContaining("cut off");
    }

    @ParameterizedTest(name = "JDK {0}")
    @ValueSource(ints = {17, 25})
    void aTerminatedProgramLeavesAWholeTrace(int feature) throws IOException, InterruptedException {
        Application application = new Application(directory, feature).recording("");
        Process process = application.start(Allocating.class, never(), "0");
        Traces.await(application.trace(), records -> records.size() > 5);
        process.destroy();

        assertThat(application.await(process).exitCode()).isEqualTo(128 + 15);
        List<TraceRecord> records = Traces.read(application.trace());
        assertThat(((TraceEnd) records.get(records.size() - 1)).reason()).isEqualTo(TraceEnd.Reason.PROGRAM_ENDED);
    }

    /** A file that is never there: the program runs until it is ended. */
    private String never() {
        return directory.resolve("never").toString();
    }
}
