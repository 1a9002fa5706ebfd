package dev.godwit.hypervisor.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.trace.MemoryKind;
import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GuestMemoryTest {
    private static final int EDEN = MemoryKind.EDEN.code();

    @Test
    void aScanReportsExactlyThePagesWritten() {
        for (long seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int pages = 1 + random.nextInt(300);
            GuestMemory memory = memory(pages);
            memory.write(0, EDEN, false);
            memory.dirtyLog().start();
            BitSet expected = new BitSet();
            for (int round = 0; round < 4; round++) {
                expected.clear();
                for (int i = random.nextInt(pages); i > 0; i--) {
                    int gfn = random.nextInt(pages);
                    memory.write(gfn, EDEN, false);
                    expected.set(gfn);
                }
                PageBitmap scanned = new PageBitmap(pages);
                assertThat(memory.dirtyLog().getAndClear(scanned))
                        .as("seed %d", seed)
                        .isEqualTo(expected.cardinality());
                for (int gfn = 0; gfn < pages; gfn++) {
                    assertThat(scanned.get(gfn))
                            .as("seed %d page %d", seed, gfn)
                            .isEqualTo(expected.get(gfn));
                }
            }
        }
    }

    @Test
    void aLogThatWasStoppedForgets() {
        GuestMemory memory = memory(10);
        memory.dirtyLog().start();
        memory.write(3, EDEN, false);
        memory.dirtyLog().stop();
        memory.write(4, EDEN, false);

        assertThat(memory.dirtyLog().getAndClear(new PageBitmap(10))).isZero();
    }

    @Test
    void aWriteAfterAReadMakesAContentThatWasNeverReadBefore() {
        GuestMemory memory = memory(10);
        memory.write(3, EDEN, false);
        long first = memory.read(3);
        memory.write(3, EDEN, false);
        memory.write(3, EDEN, false);
        long second = memory.read(3);
        memory.write(4, EDEN, false);

        assertThat(second).isNotEqualTo(first);
        assertThat(memory.read(3)).isEqualTo(second);
        assertThat(memory.read(4)).isNotIn(first, second);
        assertThat(PageContent.version(second)).isEqualTo(2);
    }

    @Test
    void aPageNobodyWroteReadsAsZerosAndTakesNoFrame() {
        HostMemory host = new HostMemory(1);
        GuestMemory memory = new GuestMemory(10, 4096, host, new NestedPagingDirtyLog(10));

        assertThat(PageContent.isZero(memory.read(7))).isTrue();
        memory.write(7, EDEN, false);
        assertThat(PageContent.isZero(memory.read(7))).isFalse();
        assertThatThrownBy(() -> memory.write(8, EDEN, false)).hasMessageContaining("no frame left");
    }

    @Test
    void aContentSaysPageVersionKindAndZeros() {
        long content = PageContent.first(PageContent.MAX_PAGES - 1, MemoryKind.GUEST_FREE, false);
        long next = PageContent.rewritten(content, PageContent.MAX_PAGES - 1, EDEN, true);

        assertThat(PageContent.kindCode(content)).isEqualTo(MemoryKind.GUEST_FREE.code());
        assertThat(PageContent.isZero(content)).isFalse();
        assertThat(PageContent.kindCode(next)).isEqualTo(EDEN);
        assertThat(PageContent.isZero(next)).isTrue();
        assertThat(PageContent.describe(next)).isEqualTo("page 536870911 version 1 eden zeros");
    }

    @Test
    void aBitmapFindsItsNeighbours() {
        for (long seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int pages = 1 + random.nextInt(400);
            PageBitmap bitmap = new PageBitmap(pages);
            BitSet expected = new BitSet();
            for (int i = random.nextInt(20); i > 0; i--) {
                int page = random.nextInt(pages);
                bitmap.set(page);
                expected.set(page);
            }
            for (int page = 0; page < pages; page++) {
                assertThat(bitmap.next(page)).as("seed %d", seed).isEqualTo(expected.nextSetBit(page));
                assertThat(bitmap.previous(page)).as("seed %d", seed).isEqualTo(expected.previousSetBit(page));
            }
            bitmap.setAll();
            assertThat(bitmap.count()).isEqualTo(pages);
            assertThat(bitmap.next(pages)).isEqualTo(-1);
        }
    }

    private static GuestMemory memory(int pages) {
        return new GuestMemory(pages, 4096, new HostMemory(pages), new NestedPagingDirtyLog(pages));
    }
}
