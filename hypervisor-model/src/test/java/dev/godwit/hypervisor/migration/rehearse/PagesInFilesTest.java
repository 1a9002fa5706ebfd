package dev.godwit.hypervisor.migration.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.guest.live.ProcessPages;
import dev.godwit.hypervisor.stream.ControlRecord;
import dev.godwit.hypervisor.stream.PageHash;
import dev.godwit.trace.DeclaredMemory;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class PagesInFilesTest {
    private static final int PAGE = 4096;

    @Test
    void onlyWholePagesAreAskedForEachAtItsPlaceInTheFile() {
        ProcessPages pages = new ProcessPages(0, 0, 4 * ProcessPages.BLOCK_PAGES);
        int unused = pages.require(512);

        assertThat(PagesInFiles.ask(List.of(refetchable(512 * PAGE + 100, 516 * PAGE + 1, 50)), pages))
                .containsExactly(new ControlRecord.Stored(513, 3, 50 + PAGE - 100, "/file"));
        assertThat(PagesInFiles.ask(List.of(refetchable(512 * PAGE, 513 * PAGE - 1, 50)), pages))
                .isEmpty();
        assertThat(PagesInFiles.ask(
                        List.of(new DeclaredMemory(0, DeclaredMemory.Kind.DISCARDABLE, 512 * PAGE, 520 * PAGE, "", 0)),
                        pages))
                .isEmpty();
    }

    @Test
    void noPageIsAskedForTwiceAndNoneThatTheProcessDoesNotHave() {
        ProcessPages pages = new ProcessPages(0, 0, 4 * ProcessPages.BLOCK_PAGES);
        int unused = pages.require(512);

        assertThat(PagesInFiles.ask(
                        List.of(refetchable(520 * PAGE, 530 * PAGE, 0), refetchable(525 * PAGE, 535 * PAGE, 0)), pages))
                .containsExactly(new ControlRecord.Stored(520, 10, 0, "/file"));
        assertThat(PagesInFiles.ask(List.of(refetchable(1020 * PAGE, 5000 * PAGE, 0)), pages))
                .containsExactly(new ControlRecord.Stored(1020, 4, 0, "/file"));
        assertThat(PagesInFiles.ask(List.of(refetchable(2000 * PAGE, Long.MAX_VALUE, 0)), pages))
                .isEmpty();
    }

    @Test
    void aPageIsInItsFileIfItsHashIsThatOfTheSamePageThere() {
        byte[] first = new byte[PAGE];
        byte[] second = new byte[PAGE];
        second[7] = 1;
        PageHash hash = new PageHash();
        PagesInFiles inFiles = new PagesInFiles();
        ByteBuffer content = ByteBuffer.wrap(second);
        assertThat(inFiles.has(101, content)).isFalse();
        inFiles.found(
                new ControlRecord.StoredHashes(100, new long[] {hash.of(first, 0, PAGE), hash.of(second, 0, PAGE)}));
        inFiles.found(new ControlRecord.StoredHashes(200, new long[0]));

        assertThat(inFiles.has(101, content)).isTrue();
        assertThat(content.position()).isZero();
        assertThat(inFiles.has(100, content)).isFalse();
        assertThat(inFiles.has(102, content)).isFalse();
        assertThat(inFiles.has(99, content)).isFalse();
        assertThat(inFiles.has(200, content)).isFalse();
    }

    private static DeclaredMemory refetchable(long start, long end, long offset) {
        return new DeclaredMemory(0, DeclaredMemory.Kind.REFETCHABLE, start, end, "/file", offset);
    }
}
