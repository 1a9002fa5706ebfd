package dev.godwit.agent.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.godwit.trace.DirtyPages;
import dev.godwit.trace.PageTracker;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HashTrackerTest {
    private static final int PAGES = 200;

    private TestPages pages;
    private HashTracker tracker;

    @BeforeEach
    void open() {
        try {
            tracker = HashTracker.open(400_000);
        } catch (RuntimeException refused) {
            abort("no comparison by hash here: " + refused.getMessage());
        }
        pages = new TestPages(PAGES);
        pages.write(0, PAGES);
    }

    @AfterEach
    void close() {
        if (tracker != null) {
            tracker.close();
            pages.close();
        }
    }

    @Test
    void aScanReportsExactlyThePagesWhoseContentChanged() {
        DirtyPages first = tracker.scan(0, 0, List.of());
        pages.write(3, 4);
        pages.write(60, 130);

        DirtyPages second = tracker.scan(1, 0, List.of());
        DirtyPages third = tracker.scan(2, 0, List.of());

        assertThat(pages.among(first.written())).hasSize(PAGES);
        assertThat(pages.among(second.written()))
                .hasSize(71)
                .contains(3, 60, 129)
                .doesNotContain(4, 59, 130);
        assertThat(pages.among(third.written())).isEmpty();
        assertThat(tracker.kind()).isEqualTo(PageTracker.HASH_COMPARE);
    }

    @Test
    void aPageThatHasItsEarlierContentAgainIsNotReported() {
        pages.fill(5, (byte) 1);
        tracker.scan(0, 0, List.of());
        pages.fill(5, (byte) 2);
        pages.fill(5, (byte) 1);

        assertThat(pages.among(tracker.scan(1, 0, List.of()).written())).isEmpty();
    }

    @Test
    void untrackedPagesAreLeftOutAndAllReportedWhenTheyComeBack() {
        tracker.scan(0, 0, List.of(pages.range(10, 20)));
        pages.write(15, 25);

        DirtyPages second = tracker.scan(1, 0, List.of(pages.range(10, 20)));
        DirtyPages back = tracker.scan(2, 0, List.of());

        assertThat(pages.among(second.written())).containsExactly(20, 21, 22, 23, 24);
        assertThat(pages.among(back.written())).containsExactlyElementsOf(TestPages.numbers(10, 20));
    }

    @Test
    void discardedPagesAreReportedAsDropped() {
        tracker.scan(0, 0, List.of());
        pages.discard(0, 5);

        DirtyPages second = tracker.scan(1, 0, List.of());

        assertThat(pages.among(second.dropped())).containsExactly(0, 1, 2, 3, 4);
        assertThat(pages.among(second.written())).isEmpty();
    }

    @Test
    void pagesBeyondTheTableCountAsAlwaysWrittenAndAreOwnedUpTo() {
        tracker.close();
        tracker = HashTracker.open(10);
        tracker.scan(0, 0, List.of());

        DirtyPages second = tracker.scan(1, 0, List.of());

        assertThat(pages.among(second.written())).hasSize(PAGES);
        assertThat(tracker.limitation()).contains("count as always written");
    }
}
