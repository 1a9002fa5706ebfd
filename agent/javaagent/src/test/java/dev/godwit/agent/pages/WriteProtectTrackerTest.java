package dev.godwit.agent.pages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.agent.heap.VmRanges;
import dev.godwit.linux.NativeBuffer;
import dev.godwit.linux.PageSize;
import dev.godwit.trace.DirtyPages;
import dev.godwit.trace.PageRuns;
import dev.godwit.trace.PageTracker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WriteProtectTrackerTest {
    private static final int PAGES = 64;

    private TestPages pages;
    private DirtyPageTracker tracker;

    @BeforeEach
    void open() {
        Trackers.assumeWriteProtection();
        pages = new TestPages(PAGES);
        tracker = WriteProtectTracker.open();
    }

    @AfterEach
    void close() {
        if (tracker != null) {
            tracker.close();
            pages.close();
        }
    }

    @Test
    void theFirstScanReportsEveryPresentPageEvenWhereUntracked() {
        pages.write(0, 32);

        DirtyPages first = tracker.scan(100, 3, List.of(pages.range(8, 16)));

        assertThat(pages.among(first.written())).containsExactlyElementsOf(TestPages.numbers(0, 32));
        assertThat(first.fromNanos()).isEqualTo(100);
        assertThat(first.timeNanos()).isEqualTo(100);
        assertThat(first.epoch()).isEqualTo(3);
        assertThat(first.assumed()).isEqualTo(PageRuns.empty());
        assertThat(first.dropped()).isEqualTo(PageRuns.empty());
        assertThat(tracker.kind()).isEqualTo(PageTracker.USERFAULTFD_WP_ASYNC);
    }

    @Test
    void aScanReportsExactlyThePagesWritten() {
        pages.write(0, PAGES);
        tracker.scan(0, 0, List.of());
        pages.write(3, 4);
        pages.write(10, 20);
        pages.write(PAGES - 1, PAGES);

        DirtyPages second = tracker.scan(7, 0, List.of());
        DirtyPages third = tracker.scan(9, 0, List.of());

        assertThat(pages.among(second.written())).containsExactly(3, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, PAGES - 1);
        assertThat(second.fromNanos()).isZero();
        assertThat(second.timeNanos()).isEqualTo(7);
        assertThat(pages.among(third.written())).isEmpty();
        assertThat(third.fromNanos()).isEqualTo(7);
    }

    @Test
    void aPageThatIsOnlyReadIsNotReported() {
        pages.write(0, PAGES);
        tracker.scan(0, 0, List.of());
        long sum = pages.readAll();

        DirtyPages second = tracker.scan(1, 0, List.of());

        assertThat(sum).isNotZero();
        assertThat(pages.among(second.written())).isEmpty();
    }

    @Test
    void moreScatteredPagesThanOneCallOfTheKernelReturnsAreAllReported() {
        try (TestPages many = new TestPages(4000)) {
            many.write(0, 4000);
            tracker.scan(0, 0, List.of());
            for (int page = 0; page < 4000; page += 2) {
                many.write(page, page + 1);
            }

            DirtyPages second = tracker.scan(1, 0, List.of());

            assertThat(many.among(second.written())).hasSize(2000).allMatch(page -> page % 2 == 0);
        }
    }

    @Test
    void writesToUntrackedPagesAreNotReported() {
        pages.write(0, PAGES);
        tracker.scan(0, 0, List.of(pages.range(8, 16)));
        pages.write(4, 12);

        DirtyPages second = tracker.scan(1, 0, List.of(pages.range(8, 16)));

        assertThat(pages.among(second.written())).containsExactly(4, 5, 6, 7);
    }

    @Test
    void aPageThatAppearsWhereUntrackedIsReportedOnce() {
        pages.write(0, 8);
        tracker.scan(0, 0, List.of(pages.range(8, 16)));
        pages.write(10, 12);

        DirtyPages second = tracker.scan(1, 0, List.of(pages.range(8, 16)));
        pages.write(10, 12);
        DirtyPages third = tracker.scan(2, 0, List.of(pages.range(8, 16)));

        assertThat(pages.among(second.written())).containsExactly(10, 11);
        assertThat(pages.among(third.written())).isEmpty();
    }

    @Test
    void aPageWrittenBeforeItBecomesUntrackedIsStillReported() {
        pages.write(0, PAGES);
        tracker.scan(0, 0, List.of());
        pages.write(9, 10);

        DirtyPages second = tracker.scan(1, 0, List.of(pages.range(8, 16)));

        assertThat(pages.among(second.written())).containsExactly(9);
    }

    @Test
    void everyPresentPageOfARangeThatIsTrackedAgainIsReported() {
        pages.write(0, 14);
        tracker.scan(0, 0, List.of(pages.range(8, 16)));
        tracker.scan(1, 0, List.of(pages.range(8, 16)));

        DirtyPages back = tracker.scan(2, 0, List.of());
        DirtyPages after = tracker.scan(3, 0, List.of());

        assertThat(pages.among(back.written())).containsExactly(8, 9, 10, 11, 12, 13);
        assertThat(pages.among(after.written())).isEmpty();
    }

    @Test
    void discardedPagesAreReportedAsDropped() {
        pages.write(0, PAGES);
        tracker.scan(0, 0, List.of());
        pages.write(20, 24);
        pages.discard(22, 30);

        DirtyPages second = tracker.scan(1, 0, List.of());

        assertThat(pages.among(second.dropped())).containsExactlyElementsOf(TestPages.numbers(22, 30));
        assertThat(pages.among(second.written())).containsExactly(20, 21);
    }

    @Test
    void unmappedPagesAreReportedAsDropped() {
        NativeBuffer other = NativeBuffer.privateMemory(4L * PageSize.bytes());
        other.slice(0, 4 * PageSize.bytes()).put(0, (byte) 1).put(PageSize.bytes(), (byte) 1);
        tracker.scan(0, 0, List.of());
        long first = other.address() / PageSize.bytes();
        other.close();

        DirtyPages second = tracker.scan(1, 0, List.of());

        // Another thread of this JVM may have mapped something there by now.
        for (long page = first; page < first + 2; page++) {
            boolean known = second.dropped().contains(page) || second.written().contains(page);
            assertThat(known).isTrue();
        }
    }

    @Test
    void ofTooManyUntrackedRangesTheLargestAreChosen() {
        AddressRanges chosen = new AddressRanges();
        int page = PageSize.bytes();
        List<VmRanges.Range> wanted = List.of(
                new VmRanges.Range(page, 2L * page),
                new VmRanges.Range(10L * page, 14L * page),
                new VmRanges.Range(20L * page, 22L * page),
                new VmRanges.Range(30L * page + 1, 31L * page));

        int givenUp = UntrackedRanges.choose(wanted, 2, chosen);

        assertThat(givenUp).isEqualTo(1);
        assertThat(chosen.size()).isEqualTo(2);
        assertThat(chosen.start(0)).isEqualTo(10L * page);
        assertThat(chosen.end(1)).isEqualTo(22L * page);
    }

    @Test
    void closingLeavesNoMappingRegistered() throws IOException {
        tracker.scan(0, 0, List.of());
        assertThat(registeredMappings()).isPositive();

        tracker.close();
        tracker = null;
        pages.close();

        assertThat(registeredMappings()).isZero();
    }

    /** Mappings with the flag {@code uw}, registered with a userfaultfd for write-protection. */
    private static long registeredMappings() throws IOException {
        return Files.readString(Path.of("/proc/self/smaps"))
                .lines()
                .filter(line -> line.startsWith("VmFlags:") && line.contains(" uw"))
                .count();
    }
}
