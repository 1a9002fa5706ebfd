package dev.godwit.agent.heap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class HeapLayoutTest {
    private static final String ALL = "dev.godwit.agent.heap.ForkedJvm#collectorsAndJdks";

    /** What {@link HeapChecksMain} printed, by collector and JDK: a JVM is started once for all checks. */
    private static final Map<String, ForkedJvm.Result> CHECKED = new HashMap<>();

    @TempDir
    Path directory;

    @ParameterizedTest(name = "{0} on JDK {1}")
    @MethodSource(ALL)
    void theLayoutAgreesWithTheMemoryPools(String collector, int feature) throws Exception {
        requireLine(collector, feature, "AgreementMain rounds=150");
    }

    @ParameterizedTest(name = "{0} on JDK {1}")
    @MethodSource(ALL)
    void everyCollectionBumpsTheEpoch(String collector, int feature) throws Exception {
        requireLine(collector, feature, "EpochMain done");
    }

    @ParameterizedTest(name = "{0} on JDK {1}")
    @MethodSource(ALL)
    void noLayoutIsTornWhileThreadsAllocateAndCollectionsRun(String collector, int feature) throws Exception {
        requireLine(collector, feature, "TornReadMain done");
    }

    @ParameterizedTest(name = "{0} on JDK {1}")
    @MethodSource(ALL)
    void theRangesHoldEveryThreadAndAllClasses(String collector, int feature) throws Exception {
        requireLine(collector, feature, "RangesMain done");
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

    private void requireLine(String collector, int feature, String line) throws Exception {
        String jvm = collector + " " + feature;
        ForkedJvm.Result result = CHECKED.get(jvm);
        if (result == null) {
            result = ForkedJvm.run(directory, feature, collector, HeapChecksMain.class);
            CHECKED.put(jvm, result);
        }
        assertThat(result.output()).hasSize(4).contains(line);
        assertThat(result.errors()).isEmpty();
    }
}
