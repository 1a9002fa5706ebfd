package dev.godwit.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Native;
import dev.godwit.agent.it.programs.Allocating;
import dev.godwit.agent.it.programs.UsingJna;
import dev.godwit.trace.Collector;
import dev.godwit.trace.ContentSample;
import dev.godwit.trace.DirtyPages;
import dev.godwit.trace.GarbageCollection;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.JvmFacts;
import dev.godwit.trace.MachineMemory;
import dev.godwit.trace.MappingKind;
import dev.godwit.trace.MemoryKind;
import dev.godwit.trace.MemoryMap;
import dev.godwit.trace.Notice;
import dev.godwit.trace.TraceEnd;
import dev.godwit.trace.TraceFormatException;
import dev.godwit.trace.TraceRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The program must not notice the agent, and the trace must hold what happened. */
class TransparencyIT {
    @TempDir
    Path directory;

    @ParameterizedTest(name = "{0} on JDK {1}")
    @CsvSource({"G1, 17", "G1, 25", "Parallel, 17", "Parallel, 25", "Serial, 17", "Serial, 25"})
    void recordingLeavesTheProgramAlone(String collector, int feature) throws IOException, InterruptedException {
        Application.Result alone = plain(collector, feature, "3");
        Application application =
                new Application(directory, feature).collector(collector).recording("eden=track");
        Application.Result recorded = untilRecorded(application, "3", true);

        assertThat(recorded).isEqualTo(alone);
        assertThat(recorded.exitCode()).isEqualTo(3);
        assertThat(application.leftovers()).isEmpty();
        checkTrace(Traces.read(application.trace()), collector);
    }

    /** Runs until the trace holds scans, and collections if the collector is expected to tell. */
    private Application.Result untilRecorded(Application application, String code, boolean collections)
            throws IOException, InterruptedException {
        Path stop = directory.resolve("stop");
        Process process = application.start(Allocating.class, stop.toString(), code);
        Traces.await(
                application.trace(),
                records -> Traces.of(DirtyPages.class, records).size() > 4
                        && (!collections
                                || !Traces.of(GarbageCollection.class, records).isEmpty())
                        && hasSamples(records, collections));
        Files.createFile(stop);
        return application.await(process);
    }

    /** Of each kind that is asked for below: where no layout is known there is no old generation. */
    private static boolean hasSamples(List<TraceRecord> records, boolean layout) {
        List<MemoryKind> kinds = Traces.of(ContentSample.class, records).stream()
                .map(ContentSample::kind)
                .toList();
        return layout
                ? kinds.containsAll(List.of(MemoryKind.OLD, MemoryKind.METASPACE, MemoryKind.NATIVE))
                : !kinds.isEmpty();
    }

    private static void checkTrace(List<TraceRecord> records, String collector) {
        JvmFacts facts = (JvmFacts) records.get(0);
        assertThat(facts.collector()).isEqualTo(Collector.valueOf(collector.toUpperCase(Locale.ROOT)));
        assertThat(facts.mainClass()).isEqualTo(Allocating.class.getName());
        assertThat(Traces.of(HeapLayout.class, records)).isNotEmpty();
        assertThat(Traces.of(DirtyPages.class, records)).hasSizeGreaterThan(3);
        assertThat(Traces.of(MachineMemory.class, records)).isNotEmpty();
        assertThat(Traces.of(MemoryMap.class, records).get(0).mappings())
                .extracting(MemoryMap.Mapping::kind)
                .contains(MappingKind.values());
        assertThat(Traces.of(ContentSample.class, records))
                .extracting(ContentSample::kind)
                .contains(MemoryKind.OLD, MemoryKind.METASPACE, MemoryKind.NATIVE);
        List<GarbageCollection> collections = Traces.of(GarbageCollection.class, records);
        assertThat(collections).noneMatch(GarbageCollection::requested);
        // On a slow machine it runs so long that others are due too.
        assertThat(collections)
                .filteredOn(collection -> collection.type() == GarbageCollection.Type.YOUNG)
                .isNotEmpty()
                .allSatisfy(young -> assertThat(young.edenBeforeBytes()).isPositive());
        assertThat(Traces.of(Notice.class, records))
                .noneMatch(notice -> notice.text().contains("failed"));
        TraceEnd end = (TraceEnd) records.get(records.size() - 1);
        assertThat(end.reason()).isEqualTo(TraceEnd.Reason.PROGRAM_ENDED);
    }

    @ParameterizedTest(name = "JDK {0}")
    @ValueSource(ints = {17, 25})
    void anIdleAgentLeavesTheProgramAlone(int feature) throws IOException, InterruptedException {
        Application.Result alone = plain("G1", feature, "-1");
        Application application =
                new Application(directory, feature).collector("G1").agent("");

        assertThat(application.run(Allocating.class, "500", "-1")).isEqualTo(alone);
        assertThat(application.leftovers()).isEmpty();
    }

    @ParameterizedTest(name = "JDK {0}")
    @ValueSource(ints = {17, 25})
    void aCollectorThatCannotBeReadCostsTheLayoutOnly(int feature) throws IOException, InterruptedException {
        Application.Result alone = plain("Z", feature, "0");
        Application application =
                new Application(directory, feature).collector("Z").recording("");

        assertThat(untilRecorded(application, "0", false)).isEqualTo(alone);
        List<TraceRecord> records = Traces.read(application.trace());
        assertThat(Traces.of(HeapLayout.class, records)).isEmpty();
        assertThat(Traces.of(DirtyPages.class, records)).isNotEmpty();
        assertThat(Traces.of(Notice.class, records))
                .anySatisfy(notice ->
                        assertThat(notice.text()).contains("no heap layout").doesNotContain("\n"));
    }

    @ParameterizedTest(name = "JDK {0}")
    @ValueSource(ints = {17, 25})
    void anApplicationKeepsItsOwnJna(int feature) throws IOException, InterruptedException {
        Application application =
                new Application(directory, feature).onClassPath(Native.class).recording("");
        Path stop = directory.resolve("stop");
        Process process = application.start(UsingJna.class, stop.toString());
        Traces.await(
                application.trace(),
                records -> !Traces.of(DirtyPages.class, records).isEmpty());
        Files.createFile(stop);
        Application.Result result = application.await(process);

        assertThat(result.output()).isEqualTo("labs 41\nlabs 43\n");
        assertThat(result.exitCode()).isZero();
        assertThat(Traces.read(application.trace())).isNotEmpty();
    }

    @ParameterizedTest(name = "JDK {0}")
    @ValueSource(ints = {17, 25})
    void aProgramThatEndsAtOnceLeavesAWholeTraceOrNone(int feature) throws IOException, InterruptedException {
        for (int millis = 0; millis <= 600; millis += 100) {
            Application application = new Application(directory.resolve(String.valueOf(millis)), feature).recording("");
            Application.Result result = application.run(Allocating.class, String.valueOf(millis), "-1");

            assertThat(result.exitCode()).isZero();
            assertThat(application.leftovers()).isEmpty();
            checkWholeOrNone(application.trace());
        }
    }

    private static void checkWholeOrNone(Path trace) throws TraceFormatException {
        if (Files.exists(trace)) {
            List<TraceRecord> records = Traces.read(trace);
            assertThat(records.get(records.size() - 1)).isInstanceOf(TraceEnd.class);
        }
    }

    private Application.Result plain(String collector, int feature, String code)
            throws IOException, InterruptedException {
        return new Application(directory.resolve("alone"), feature)
                .collector(collector)
                .run(Allocating.class, "200", code);
    }
}
