package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.guest.live.PageReader;
import dev.godwit.hypervisor.guest.live.ProcessPages;
import dev.godwit.hypervisor.guest.live.RunningProcess;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.stream.ControlRecord;
import dev.godwit.hypervisor.stream.PageHash;
import dev.godwit.linux.PageSize;
import dev.godwit.linux.ProcessMaps;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * What became of comparing the stopped program's pages with those that the destination holds.
 *
 * @param pages that were compared
 * @param different of them, at the destination
 * @param missing pages that have content and were neither sent nor dropped
 */
record Comparison(long pages, long different, long missing) {
    static final Comparison NONE = new Comparison(0, 0, 0);

    /**
     * Compares. Looks anew which pages there are: what the dirty log believes is not trusted here.
     *
     * @param without pages that the destination was not given
     * @param dropped those of them that were proven empty
     */
    static Comparison make(
            RunningProcess process, ProcessPages pages, SourceStream stream, IntPredicate without, PageBitmap dropped) {
        PageBitmap present = new PageBitmap(pages.capacity());
        long[] missing = new long[1];
        for (ProcessMaps.Entry mapping : process.mappings()) {
            process.scanPresent(mapping, (start, end) -> {
                for (long page = start >>> PageSize.shift(); page < end >>> PageSize.shift(); page++) {
                    int gfn = pages.gfnOf(page);
                    if (gfn < 0 || (without.test(gfn) && !dropped.get(gfn))) {
                        missing[0]++;
                    } else {
                        present.set(gfn);
                    }
                }
            });
        }
        try (PageReader reader =
                new PageReader(process, pages, present::get, SourceStream.BATCH_PAGES, PageSize.bytes())) {
            new Hashing(reader, pages, stream).hashAll(without);
        }
        ControlRecord.Verified verified = stream.complete();
        return new Comparison(verified.pages(), verified.different(), missing[0]);
    }

    boolean isEqual() {
        return pages > 0 && different == 0 && missing == 0;
    }

    /** One line. */
    String text() {
        return pages + " pages of the stopped program compared by hash with those at the destination, " + different
                + " differ, " + missing + " are missing there";
    }

    /** Hashes pages in batches, and sends the hashes. */
    private static final class Hashing {
        private final PageReader reader;
        private final ProcessPages pages;
        private final SourceStream stream;
        private final PageHash hash = new PageHash();
        private final long ofZeros = hash.of(new byte[PageSize.bytes()], 0, PageSize.bytes());
        private final int[] batch = new int[SourceStream.BATCH_PAGES];
        private final long[] hashes = new long[SourceStream.BATCH_PAGES];
        private int size;

        Hashing(PageReader reader, ProcessPages pages, SourceStream stream) {
            this.reader = reader;
            this.pages = pages;
            this.stream = stream;
        }

        void hashAll(IntPredicate without) {
            for (int gfn = 0; gfn < pages.given(); gfn++) {
                if (!without.test(gfn)) {
                    batch[size++] = gfn;
                    if (size == batch.length) {
                        flush();
                    }
                }
            }
            flush();
        }

        private void flush() {
            long unused = reader.read(batch, size);
            int first = 0;
            for (int i = 0; i < size; i++) {
                ByteBuffer page = reader.page(i);
                hashes[i] = page == null ? ofZeros : hash.of(page);
                boolean last = i + 1 == size || pages.page(batch[i + 1]) != pages.page(batch[i]) + 1;
                if (last) {
                    stream.hashes(pages.page(batch[first]), Arrays.copyOfRange(hashes, first, i + 1));
                    first = i + 1;
                }
            }
            size = 0;
        }
    }
}
