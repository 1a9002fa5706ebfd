package dev.godwit.agent.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.godwit.agent.heap.VmRanges;
import dev.godwit.linux.PageSize;
import dev.godwit.trace.ContentSample;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.MappingKind;
import dev.godwit.trace.MemoryKind;
import dev.godwit.trace.MemoryMap;
import dev.godwit.trace.SpaceKind;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ContentSamplerTest {
    private static final int PAGES = 40;
    private static final int SLOTS = 16;

    private TestPages pages;
    private ContentSampler sampler;

    @BeforeEach
    void open() {
        try {
            sampler = ContentSampler.open(1, SLOTS);
        } catch (IOException | RuntimeException refused) {
            abort("no content samples here: " + refused.getMessage());
        }
        pages = new TestPages(PAGES);
    }

    @AfterEach
    void close() {
        if (sampler != null) {
            sampler.close();
            pages.close();
        }
    }

    @Test
    void pagesThatWereNeverTouchedAreNotSampledNorTouched() {
        pages.fill(3, (byte) 7);

        ContentSample sample = only(sampler.sample(1, mapOf(MappingKind.NATIVE), Optional.empty()));
        ContentSample again = only(sampler.sample(2, mapOf(MappingKind.NATIVE), Optional.empty()));

        assertThat(sample.kind()).isEqualTo(MemoryKind.NATIVE);
        assertThat(sample.sampledPages()).isEqualTo(1);
        assertThat(again.sampledPages()).isEqualTo(1);
        assertThat(sample.timeNanos()).isEqualTo(1);
    }

    @Test
    void zeroPagesAreCountedAndLeftOutOfTheSizes() {
        for (int i = 0; i < PAGES; i++) {
            pages.fill(i, (byte) 0);
        }

        ContentSample sample = only(sampler.sample(1, mapOf(MappingKind.NATIVE), Optional.empty()));

        assertThat(sample.sampledPages()).isEqualTo(sample.zeroPages()).isBetween(1L, (long) SLOTS);
        assertThat(sample.lz4Bytes()).isZero();
        assertThat(sample.zstdBytes()).isZero();
    }

    @Test
    void aPageOfOneByteRepeatedCompressesAndARandomPageDoesNot() {
        pages.fill(0, (byte) 7);
        ContentSample repeated = only(sampler.sample(1, mapOf(MappingKind.NATIVE), Optional.empty()));
        assertThat(repeated.lz4Bytes()).isBetween(1L, 100L);
        assertThat(repeated.zstdBytes()).isBetween(1L, 100L);

        pages.fillRandomly(0, new Random(1));
        ContentSample random = only(sampler.sample(2, mapOf(MappingKind.NATIVE), Optional.empty()));
        assertThat(random.lz4Bytes()).isGreaterThanOrEqualTo(PageSize.bytes());
        assertThat(random.zstdBytes()).isGreaterThanOrEqualTo(PageSize.bytes());
    }

    @Test
    void aPageThatChangedALittleHasASmallDifference() {
        for (int i = 0; i < PAGES; i++) {
            pages.fillRandomly(i, new Random(i));
        }
        ContentSample first = only(sampler.sample(1, mapOf(MappingKind.NATIVE), Optional.empty()));
        pages.write(0, PAGES);

        ContentSample second = only(sampler.sample(2, mapOf(MappingKind.NATIVE), Optional.empty()));

        assertThat(first.changedPages()).isZero();
        // A quarter was drawn anew, and some draws met a page that was in the sample.
        assertThat(second.changedPages()).isBetween(4L, SLOTS * 3L / 4);
        assertThat(second.deltaBytes()).isEqualTo(second.changedPages() * 10);
    }

    @Test
    void heapPagesAreOfTheKindThatTheLayoutSays() {
        pages.write(0, PAGES);
        HeapLayout layout = new HeapLayout(
                0,
                1,
                new SpaceKind[] {SpaceKind.EDEN, SpaceKind.OLD},
                new long[] {pages.address(0), pages.address(20)},
                new long[] {pages.address(8) + 100, pages.address(30)},
                new long[] {pages.address(20), pages.address(40)});
        KindRanges ranges = new KindRanges(mapOf(MappingKind.HEAP), Optional.of(layout));

        List<ContentSample> samples = sampler.sample(1, mapOf(MappingKind.HEAP), Optional.of(layout));

        assertThat(ranges.of(MemoryKind.EDEN).bytes()).isEqualTo(9L * PageSize.bytes());
        assertThat(ranges.of(MemoryKind.OLD).bytes()).isEqualTo(10L * PageSize.bytes());
        assertThat(ranges.of(MemoryKind.HEAP_FREE).bytes()).isEqualTo(21L * PageSize.bytes());
        assertThat(samples)
                .extracting(ContentSample::kind)
                .containsExactly(MemoryKind.EDEN, MemoryKind.OLD, MemoryKind.HEAP_FREE);
    }

    @Test
    void theWholeJvmCanBeSampled() throws IOException {
        MemoryMap map = new MappingClassifier().read(0, VmRanges.unknown());

        List<ContentSample> samples = sampler.sample(1, map, Optional.empty());

        assertThat(samples).extracting(ContentSample::kind).contains(MemoryKind.NATIVE, MemoryKind.FILE_BACKED);
        assertThat(samples).allMatch(sample -> sample.sampledPages() <= SLOTS && sample.zstdBytes() >= 0);
    }

    private MemoryMap mapOf(MappingKind kind) {
        return new MemoryMap(
                0, List.of(new MemoryMap.Mapping(pages.address(0), pages.address(PAGES), kind, "rw-p", "", 0)));
    }

    private static ContentSample only(List<ContentSample> samples) {
        assertThat(samples).hasSize(1);
        return samples.get(0);
    }
}
