package dev.godwit.agent.heap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class HeapLayoutTest {
    private static final String ALL = "dev.godwit.agent.heap.ForkedJvm#collectorsAndJdks";

    @TempDir
    Path directory;

    @ParameterizedTest(name = "{0} on JDK {1}")
    @MethodSource(ALL)
    void theLayoutAgreesWithTheMemoryPools(String collector, int feature) throws Exception {
        requireOutput("rounds=150", ForkedJvm.run(directory, feature, collector, AgreementMain.class));
    }

    @ParameterizedTest(name = "{0} on JDK {1}")
    @MethodSource(ALL)
    void everyCollectionBumpsTheEpoch(String collector, int feature) throws Exception {
        requireOutput("done", ForkedJvm.run(directory, feature, collector, EpochMain.class));
    }

    @ParameterizedTest(name = "{0} on JDK {1}")
    @MethodSource(ALL)
    void noLayoutIsTornWhileThreadsAllocateAndCollectionsRun(String collector, int feature) throws Exception {
        requireOutput("done", ForkedJvm.run(directory, feature, collector, TornReadMain.class));
    }

    @ParameterizedTest(name = "{0} on JDK {1}")
    @MethodSource(ALL)
    void theRangesHoldEveryThreadAndAllClasses(String collector, int feature) throws Exception {
        requireOutput("done", ForkedJvm.run(directory, feature, collector, RangesMain.class));
    }

    @ParameterizedTest(name = "{0} on JDK {1}")
    @CsvSource({"Z,17", "Z,25", "Shenandoah,17", "Shenandoah,25", "Epsilon,17", "Epsilon,25"})
    void anotherCollectorHasNoLayoutAndSaysSo(String collector, int feature) throws Exception {
        ForkedJvm.Result result = ForkedJvm.run(directory, feature, collector, LimitationMain.class);

        assertThat(result.output())
                .singleElement()
                .asString()
                .startsWith("no heap layout: the collector is neither G1 nor Parallel nor Serial but ")
                .contains(collector);
        assertThat(result.errors()).isEmpty();
    }

    private static void requireOutput(String line, ForkedJvm.Result result) {
        assertThat(result.output()).containsExactly(line);
        assertThat(result.errors()).isEmpty();
    }
}
