package dev.godwit.agent.pages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.agent.heap.VmRanges;
import dev.godwit.agent.heap.VmRanges.Range;
import dev.godwit.linux.ProcessMaps;
import dev.godwit.trace.MappingKind;
import dev.godwit.trace.MemoryMap;
import dev.godwit.trace.MemoryMap.Mapping;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class MappingClassifierTest {

    @Test
    void aMappingIsCutWhereTheRangesOfTheVmCutIt() throws IOException {
        VmRanges ranges = new VmRanges(
                List.of(new Range(0x1000, 0x3000)),
                List.of(new Range(0x5000, 0x6000)),
                List.of(new Range(0x3000, 0x4000)),
                List.of());

        List<Mapping> mappings = classify("1000-8000 rw-p 00000000 00:00 0\n", ranges);

        assertThat(mappings)
                .containsExactly(
                        new Mapping(0x1000, 0x3000, MappingKind.HEAP, "rw-p", "", 0),
                        new Mapping(0x3000, 0x4000, MappingKind.METASPACE, "rw-p", "", 0),
                        new Mapping(0x4000, 0x5000, MappingKind.NATIVE, "rw-p", "", 0),
                        new Mapping(0x5000, 0x6000, MappingKind.CODE_CACHE, "rw-p", "", 0),
                        new Mapping(0x6000, 0x8000, MappingKind.NATIVE, "rw-p", "", 0));
    }

    @Test
    void aPieceOfAFileKnowsItsOffset() throws IOException {
        VmRanges ranges = new VmRanges(List.of(), List.of(), List.of(new Range(0x12000, 0x14000)), List.of());

        List<Mapping> mappings = classify("10000-20000 rw-p 00001000 08:01 99      /opt/my jdk/classes.jsa\n", ranges);

        assertThat(mappings)
                .containsExactly(
                        new Mapping(0x10000, 0x12000, MappingKind.FILE, "rw-p", "/opt/my jdk/classes.jsa", 0x1000),
                        new Mapping(0x12000, 0x14000, MappingKind.METASPACE, "rw-p", "/opt/my jdk/classes.jsa", 0x3000),
                        new Mapping(0x14000, 0x20000, MappingKind.FILE, "rw-p", "/opt/my jdk/classes.jsa", 0x5000));
    }

    @Test
    void stacksAreFoundByNameAndByTheGuardBelowThem() throws IOException {
        List<Mapping> mappings = classify("""
                10000-11000 ---p 00000000 00:00 0
                11000-91000 rw-p 00000000 00:00 0
                a0000-b0000 rw-p 00000000 00:00 0
                b0000-d0000 ---p 00000000 00:00 0
                7ffc0000-7ffe0000 rw-p 00000000 00:00 0    [stack]
                7ffe0000-7ffe2000 r-xp 00000000 00:00 0    [vdso]
                """, VmRanges.unknown());

        assertThat(mappings)
                .extracting(Mapping::kind)
                .containsExactly(
                        MappingKind.NATIVE,
                        MappingKind.STACK,
                        MappingKind.NATIVE,
                        MappingKind.NATIVE,
                        MappingKind.STACK);
    }

    @Test
    void rangesThatOverlapDoNotMakeOverlappingMappings() throws IOException {
        VmRanges ranges = new VmRanges(
                List.of(new Range(0x1000, 0x5000)),
                List.of(new Range(0x2000, 0x6000)),
                List.of(new Range(0x3000, 0x3000)),
                List.of());

        List<Mapping> mappings = classify("1000-8000 rw-p 00000000 00:00 0\n", ranges);

        assertThat(mappings).extracting(Mapping::start).containsExactly(0x1000L, 0x5000L, 0x6000L);
        assertThat(mappings)
                .extracting(Mapping::kind)
                .containsExactly(MappingKind.HEAP, MappingKind.CODE_CACHE, MappingKind.NATIVE);
    }

    @Test
    void theMappingsOfThisJvmAreOrderedAndHoldWhatAJvmHolds() throws IOException {
        MemoryMap map = new MappingClassifier().read(5, VmRanges.unknown());

        assertThat(map.timeNanos()).isEqualTo(5);
        for (int i = 1; i < map.mappings().size(); i++) {
            assertThat(map.mappings().get(i - 1).end())
                    .isLessThanOrEqualTo(map.mappings().get(i).start());
        }
        assertThat(map.mappings()).extracting(Mapping::kind).contains(MappingKind.STACK, MappingKind.NATIVE);
        assertThat(map.mappings())
                .anyMatch(mapping ->
                        mapping.kind() == MappingKind.FILE && mapping.file().endsWith("libjvm.so"));
        assertThat(map.mappings()).noneMatch(mapping -> mapping.file().startsWith("["));
    }

    private static List<Mapping> classify(String maps, VmRanges ranges) throws IOException {
        return MappingClassifier.classify(ProcessMaps.parse(maps), ranges);
    }
}
