package dev.godwit.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.agent.it.programs.Hinting;
import dev.godwit.agent.it.programs.HintingFromLoaders;
import dev.godwit.trace.HintEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a program says through the hint API arrives in the trace. */
class HintsIT {
    @TempDir
    Path directory;

    @ParameterizedTest(name = "JDK {0}")
    @ValueSource(ints = {17, 25})
    void everyKindOfHintArrives(int feature) throws IOException, InterruptedException {
        Application application = new Application(directory, feature).recording("");
        assertThat(application.run(Hinting.class, "6000")).isEqualTo(new Application.Result(0, "hinted\n", ""));

        List<HintEvent> events = Traces.of(HintEvent.class, Traces.read(application.trace()));
        assertThat(events(events, HintEvent.Type.CRITICAL_OPEN)).isNotEmpty().allSatisfy(open -> {
            assertThat(open.name()).isEqualTo("long");
            assertThat(open.thread()).isEqualTo("hinting thread");
        });
        assertThat(events(events, HintEvent.Type.CRITICAL_CLOSE))
                .isNotEmpty()
                .allSatisfy(close -> assertThat(close.durationNanos())
                        .isBetween(
                                Duration.ofMillis(100).toNanos(),
                                Duration.ofSeconds(5).toNanos()));
        assertThat(events(events, HintEvent.Type.CRITICAL_BRIEF))
                .anySatisfy(brief -> assertThat(brief.name()).isEqualTo("brief"));
        assertThat(events(events, HintEvent.Type.SAFE_POINT))
                .isNotEmpty()
                .allSatisfy(point -> assertThat(point.name()).isEqualTo("reached"));
        assertThat(events(events, HintEvent.Type.QUIET))
                .isNotEmpty()
                .allSatisfy(quiet -> assertThat(quiet.durationNanos())
                        .isEqualTo(Duration.ofMinutes(3).toNanos()));
    }

    @ParameterizedTest(name = "JDK {0}")
    @ValueSource(ints = {17, 25})
    void everyClassLoaderWithTheApiIsSeen(int feature) throws IOException, InterruptedException {
        Application application = new Application(directory, feature).recording("");
        assertThat(application.run(HintingFromLoaders.class, "5000"))
                .isEqualTo(new Application.Result(0, "hinted\n", ""));

        List<HintEvent> events = Traces.of(HintEvent.class, Traces.read(application.trace()));
        assertThat(events(events, HintEvent.Type.SAFE_POINT))
                .extracting(HintEvent::name)
                .contains("first", "second");
    }

    private static List<HintEvent> events(List<HintEvent> all, HintEvent.Type type) {
        return all.stream().filter(event -> event.type() == type).toList();
    }
}
