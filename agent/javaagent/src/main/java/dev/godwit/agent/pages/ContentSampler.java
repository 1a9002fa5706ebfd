package dev.godwit.agent.pages;

import dev.godwit.linux.PageSize;
import dev.godwit.linux.Pagemap;
import dev.godwit.linux.ProcessMemory;
import dev.godwit.trace.ContentSample;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.MemoryKind;
import dev.godwit.trace.MemoryMap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Looks at the content of some pages of each kind of memory: how many are zero, and how far the others compress.
 *
 * <p>The pages are drawn at random among those that are present, the same for the same seed and memory. Most of them are
 * looked at again the next time, so that the change since then can be measured; a quarter is drawn anew. Earlier versions
 * are kept outside the heap and outside what a tracker tracks. Reading does not write to a page and makes none present.
 *
 * <p>Cost: about 30 us of processor time per page, most of it compression; memory: one page for each page sampled.
 * Without the native part of zstd there are no samples at all, rather than samples with a figure missing.
 *
 * <p>Not thread-safe: used by the recorder thread only.
 */
public final class ContentSampler implements AutoCloseable {
    private final int pagesPerKind;
    private final Random random;
    private final Pagemap pagemap;
    private final ProcessMemory memory;
    private final PageCompressors compressors;
    private final Map<MemoryKind, SampledPages> samples = new EnumMap<>(MemoryKind.class);

    private ContentSampler(
            long seed, int pagesPerKind, Pagemap pagemap, ProcessMemory memory, PageCompressors compressors) {
        this.pagesPerKind = pagesPerKind;
        this.random = new Random(seed);
        this.pagemap = pagemap;
        this.memory = memory;
        this.compressors = compressors;
    }

    /**
     * Opens a sampler of the own process.
     *
     * @param seed decides which pages are drawn
     * @param pagesPerKind most pages of one kind to look at each time, such as 32
     * @throws IOException if the native part of zstd cannot be loaded
     * @throws dev.godwit.linux.SystemCallException if the process may not read its own page map or memory
     * @throws dev.godwit.linux.NativeAccessException if JNA cannot be used
     */
    public static ContentSampler open(long seed, int pagesPerKind) throws IOException {
        PageCompressors compressors = PageCompressors.open(PageSize.bytes());
        try {
            Pagemap pagemap = Pagemap.openSelf();
            try {
                return new ContentSampler(seed, pagesPerKind, pagemap, ProcessMemory.ofSelf(), compressors);
            } catch (RuntimeException failure) {
                pagemap.close();
                throw failure;
            }
        } catch (RuntimeException failure) {
            compressors.close();
            throw failure;
        }
    }

    /**
     * Samples every kind of memory that has pages present.
     *
     * @param timeNanos stamp for the samples
     * @param map mappings, read not long ago
     * @param layout layout of the heap, read not long ago; without one, the heap counts as its mapping says
     * @return one sample per kind, in the order of the kinds; none for a kind without pages
     */
    public List<ContentSample> sample(long timeNanos, MemoryMap map, Optional<HeapLayout> layout) {
        KindRanges ranges = new KindRanges(map, layout);
        List<ContentSample> found = new ArrayList<>();
        AddressRanges present = new AddressRanges();
        for (MemoryKind kind : MemoryKind.values()) {
            AddressRanges mapped = ranges.of(kind);
            present.clear();
            for (int i = 0; i < mapped.size(); i++) {
                pagemap.scanPresent(mapped.start(i), mapped.end(i), present);
            }
            if (present.size() > 0 || samples.containsKey(kind)) {
                sampleKind(timeNanos, kind, present).ifPresent(found::add);
            }
        }
        return found;
    }

    private Optional<ContentSample> sampleKind(long timeNanos, MemoryKind kind, AddressRanges present) {
        SampledPages pages =
                samples.computeIfAbsent(kind, absent -> new SampledPages(pagesPerKind, memory, compressors));
        pages.draw(present, random);
        return pages.measure(timeNanos, kind);
    }

    @Override
    public void close() {
        samples.values().forEach(SampledPages::close);
        compressors.close();
        memory.close();
        pagemap.close();
    }
}
