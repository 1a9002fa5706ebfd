package dev.godwit.agent.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.godwit.agent.it.programs.Hinting;
import dev.godwit.agent.it.programs.HintingFromLoaders;
import dev.godwit.agent.it.programs.HintingOnce;
import dev.godwit.trace.DeclaredMemory;
import dev.godwit.trace.DirtyPages;
import dev.godwit.trace.HintEvent;
import dev.godwit.trace.JvmSignals;
import dev.godwit.trace.TraceRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a program says through the hint API arrives in the trace. */
class HintsIT {
    private static final List<String> SECTIONS = List.of("long", "by name", "Hinting.annotated");

    @TempDir
    Path directory;

    @ParameterizedTest(name = "JDK {0}")
    @ValueSource(ints = {17, 25})
    void everyKindOfHintArrives(int feature) throws IOException, InterruptedException {
        Application application = new Application(directory, feature).recording("");
        runUntil(application, Hinting.class, HintsIT::hasAll);

        List<HintEvent> events = Traces.of(HintEvent.class, Traces.read(application.trace()));
        assertThat(events(events, HintEvent.Type.CRITICAL_OPEN)).isNotEmpty().allSatisfy(open -> {
            // A brief one is long if its thread is not given a processor meanwhile.
            assertThat(open.name()).isIn("long", "by name", "Hinting.annotated", "brief");
            assertThat(open.thread()).isEqualTo("hinting thread");
        });
        assertThat(events(events, HintEvent.Type.CRITICAL_OPEN))
                .extracting(HintEvent::name)
                .contains("long", "by name", "Hinting.annotated");
        assertThat(events(events, HintEvent.Type.CRITICAL_CLOSE))
                .filteredOn(close -> SECTIONS.contains(close.name()))
                .isNotEmpty()
                .allSatisfy(close -> assertThat(close.durationNanos())
                        .isBetween(
                                Duration.ofMillis(100).toNanos(),
                                Duration.ofMinutes(1).toNanos()));
        assertThat(events(events, HintEvent.Type.CRITICAL_BRIEF))
                .anySatisfy(brief -> assertThat(brief.name()).isEqualTo("brief"));
        assertThat(events(events, HintEvent.Type.SAFE_POINT))
                .isNotEmpty()
                .allSatisfy(point -> assertThat(point.name()).isEqualTo("reached"));
        List<DeclaredMemory> declared = Traces.of(DeclaredMemory.class, Traces.read(application.trace()));
        assertThat(declared)
                .isNotEmpty()
                .allSatisfy(each -> assertThat(each.end() - each.start()).isEqualTo(9_900));
        assertThat(declared)
                .extracting(DeclaredMemory::kind)
                .startsWith(DeclaredMemory.Kind.DISCARDABLE)
                .contains(DeclaredMemory.Kind.WITHDRAWN);
        List<JvmSignals> signals = Traces.of(JvmSignals.class, Traces.read(application.trace()));
        // Which of the sections is open at a reading is chance.
        assertThat(signals)
                .anySatisfy(
                        each -> assertThat(each.criticalNames()).containsAnyOf("long", "by name", "Hinting.annotated"));
        assertThat(signals)
                .anySatisfy(each -> assertThat(each.busyRemainingNanos())
                        .isBetween(
                                Duration.ofMinutes(3).toNanos(),
                                Duration.ofMinutes(4).toNanos()));
        assertThat(events(events, HintEvent.Type.QUIET))
                .isNotEmpty()
                .allSatisfy(quiet -> assertThat(quiet.durationNanos())
                        .isEqualTo(Duration.ofMinutes(3).toNanos()));
    }

    @ParameterizedTest(name = "JDK {0}")
    @ValueSource(ints = {17, 25})
    void everyClassLoaderWithTheApiIsSeenAndNoneIsHeld(int feature) throws IOException, InterruptedException {
        Application application = new Application(directory, feature).recording("");
        runUntil(
                application,
                HintingFromLoaders.class,
                records -> Traces.of(HintEvent.class, records).stream()
                        .filter(event -> event.type() == HintEvent.Type.SAFE_POINT)
                        .map(HintEvent::name)
                        .collect(Collectors.toSet())
                        .containsAll(List.of("first", "second")));
    }

    @ParameterizedTest(name = "JDK {0}")
    @ValueSource(ints = {17, 25})
    void theFirstSectionIsSeenWhenTheApiIsOnTheClassPath(int feature) throws IOException, InterruptedException {
        Application application = new Application(directory, feature).recording("");
        Path go = directory.resolve("go");
        Path enough = directory.resolve("enough");
        Process process = application.start(HintingOnce.class, go.toString(), enough.toString());
        Traces.await(
                application.trace(),
                records -> !Traces.of(DirtyPages.class, records).isEmpty());
        Files.createFile(go);
        Traces.await(
                application.trace(),
                records -> !Traces.of(HintEvent.class, records).isEmpty());
        Files.createFile(enough);
        assertThat(application.await(process)).isEqualTo(new Application.Result(0, "hinted\n", ""));

        assertThat(Traces.of(HintEvent.class, Traces.read(application.trace())))
                .extracting(HintEvent::type, HintEvent::name)
                .containsExactly(
                        tuple(HintEvent.Type.CRITICAL_OPEN, "the only one"),
                        tuple(HintEvent.Type.CRITICAL_CLOSE, "the only one"));
    }

    private void runUntil(Application application, Class<?> program, Predicate<List<TraceRecord>> wanted)
            throws IOException, InterruptedException {
        Path stop = directory.resolve("stop");
        Process process = application.start(program, stop.toString());
        Traces.await(application.trace(), wanted);
        Files.createFile(stop);
        assertThat(application.await(process)).isEqualTo(new Application.Result(0, "hinted\n", ""));
    }

    /** On a busy machine a section may go unseen for a while: until each has come. */
    private static boolean hasAll(List<TraceRecord> records) {
        List<JvmSignals> signals = Traces.of(JvmSignals.class, records);
        boolean told =
                signals.stream().anyMatch(each -> each.criticalNames().stream().anyMatch(SECTIONS::contains))
                        && signals.stream().anyMatch(each -> each.busyRemainingNanos() > 0);
        boolean withdrawn = Traces.of(DeclaredMemory.class, records).stream()
                .anyMatch(each -> each.kind() == DeclaredMemory.Kind.WITHDRAWN);
        List<HintEvent> seen = Traces.of(HintEvent.class, records);
        boolean types = seen.stream()
                .map(HintEvent::type)
                .collect(Collectors.toSet())
                .containsAll(List.of(HintEvent.Type.values()));
        return told
                && withdrawn
                && types
                && names(seen, HintEvent.Type.CRITICAL_CLOSE).containsAll(SECTIONS);
    }

    private static List<String> names(List<HintEvent> all, HintEvent.Type type) {
        return events(all, type).stream().map(HintEvent::name).toList();
    }

    private static List<HintEvent> events(List<HintEvent> all, HintEvent.Type type) {
        return all.stream().filter(event -> event.type() == type).toList();
    }
}
