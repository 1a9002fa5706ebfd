package dev.godwit.agent.heap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class YoungCollectionTest {
    private static final String ALL = "dev.godwit.agent.heap.ForkedJvm#collectorsAndJdks";

    @TempDir
    Path directory;

    @ParameterizedTest(name = "{0} on JDK {1}")
    @MethodSource(ALL)
    void whiteBoxCollectsOnlyTheYoungGenerationAndPrintsNothing(String collector, int feature) throws Exception {
        assertThat(collect("agent", collector, feature)).isEqualTo("WhiteBox young=6 full=0");
    }

    @ParameterizedTest(name = "{0} on JDK {1}")
    @MethodSource(ALL)
    void fillingEdenCollectsOnlyTheYoungGenerationAndPrintsNothing(String collector, int feature) throws Exception {
        assertThat(collect("plain", collector, feature)).isEqualTo("filling Eden young=6 full=0");
    }

    private String collect(String way, String collector, int feature) throws Exception {
        Path file = directory.resolve("result");
        ForkedJvm.Result result =
                ForkedJvm.run(directory, feature, collector, YoungCollectionMain.class, way, file.toString());
        assertThat(result.output()).isEmpty();
        assertThat(result.errors()).isEmpty();
        return Files.readString(file);
    }
}
