package dev.godwit.linux.guardian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.linux.ForeignJvm;
import dev.godwit.linux.PageProgram;
import dev.godwit.linux.PageProgram.Command;
import dev.godwit.linux.PageSize;
import dev.godwit.linux.Pagemap;
import dev.godwit.linux.ProcessMemory;
import dev.godwit.linux.RemoteUserfaultfd;
import dev.godwit.linux.SystemCallException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuardianPagesTest {
    private static final int PAGE = PageSize.bytes();
    private static final long LIMIT_NANOS = Duration.ofSeconds(30).toNanos();

    @TempDir
    Path directory;

    private final LinkedBlockingQueue<Integer> requests = new LinkedBlockingQueue<>();
    private PageProgram.Remote pages;
    private ForeignJvm target;
    private long start;
    private SafetyCopy copy;
    private Guardian guardian;
    private RemoteUserfaultfd userfaultfd;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "missing pages are served on x86-64");
        assumeTrue(System.getProperty("user.name").equals("root"), "missing pages need root");
        Path file = directory.resolve("commands");
        pages = new PageProgram.Remote(file);
        target = ForeignJvm.start(
                Path.of(System.getProperty("java.home")),
                List.of("-Xmx32m", "-XX:+UseSerialGC"),
                PageProgram.class,
                file.toString());
        target.awaitOutput(";", Duration.ofMinutes(1));
        start = Long.parseLong(target.output().replaceAll("(?s).*pages=(\\d+);.*", "$1"));
        copy = SafetyCopy.create(PageProgram.PAGES);
        guardian = Guardian.start(target.pid(), copy, requests::add);
        guardian.setDeadline(LIMIT_NANOS);
        userfaultfd = guardian.openUserfaultfd(true);
    }

    @AfterEach
    void end() throws IOException {
        if (target != null) {
            target.close();
        }
        if (guardian != null) {
            guardian.close();
        }
        if (copy != null) {
            copy.close();
        }
    }

    @Test
    void aPageIsAskedForOnceAndBroughtWhenItArrived() throws IOException, InterruptedException {
        dropAll(false);
        pages.give(Command.READ, 5, 0);

        assertThat(requests.poll(30, TimeUnit.SECONDS)).isEqualTo(5);
        guardian.arrivedOnRequest(5);
        pages.await(() -> {});

        assertThat(pages.value()).isEqualTo(PageProgram.FIRST_VALUE + 5);
        // The program goes on as soon as the page is there, and the guardian writes that down afterwards.
        eventually(() -> copy.counter(Counter.REMAINING) == PageProgram.PAGES - 1);
        assertThat(copy.state(5)).isEqualTo(PageState.PLACED);
        assertThat(requests).isEmpty();
        assertThat(copy.state(6)).isEqualTo(PageState.TO_DO);
    }

    @Test
    void aPageThatWasMovedCountsAsWrittenWhereItIsNow() throws IOException {
        long elsewhere = Long.parseLong(target.output().replaceAll("(?s).*elsewhere=(\\d+) .*", "$1"));
        try (Pagemap pagemap = Pagemap.open(target.pid())) {
            userfaultfd.register(start, address(PageProgram.PAGES), RemoteUserfaultfd.WRITES);
            userfaultfd.register(elsewhere, elsewhere + PAGE, RemoteUserfaultfd.WRITES);
            pagemap.scanWritten(start, address(PageProgram.PAGES), (from, to) -> {});
            assertThat(isWritten(pagemap, elsewhere)).isTrue();
            assertThat(isWritten(pagemap, elsewhere)).isFalse();

            pages.run(Command.MOVE, 3, 0);
            guardian.pause(LIMIT_NANOS);

            assertThat(isWritten(pagemap, elsewhere)).isTrue();
            guardian.resume();
        }
        assertThat(pages.run(Command.READ_MOVED, 3, 0)).isEqualTo(PageProgram.FIRST_VALUE + 3);
    }

    private static boolean isWritten(Pagemap pagemap, long address) {
        List<Long> found = new ArrayList<>();
        pagemap.scanWritten(address, address + PAGE, (from, to) -> found.add(from));
        return !found.isEmpty();
    }

    @Test
    void onlyPagesOfTheListAreMissing() throws IOException {
        prepare();
        guardian.drop(new long[] {address(3), address(10)}, new long[] {address(4), address(12)}, 2, false);
        guardian.resume();

        assertThat(pages.run(Command.READ, 4, 0)).isEqualTo(PageProgram.FIRST_VALUE + 4);
        assertThat(copy.counter(Counter.FAULTS)).isZero();
        assertThat(copy.counter(Counter.REMAINING)).isEqualTo(3);
        guardian.abandon();
        assertThat(pages.run(Command.READ, 11, 0)).isEqualTo(PageProgram.FIRST_VALUE + 11);
    }

    @Test
    void manySingleRangesAreDroppedAndComeBack() throws IOException, InterruptedException {
        prepare();
        int count = PageProgram.PAGES / 2;
        long[] starts = new long[count];
        long[] ends = new long[count];
        for (int i = 0; i < count; i++) {
            starts[i] = address(2 * i);
            ends[i] = address(2 * i + 1);
        }
        guardian.drop(starts, ends, count, false);
        assertThat(present()).hasSize(count).allMatch(page -> page % 2 == 1);
        guardian.resume();
        guardian.arrived(0, PageProgram.PAGES);
        assertThat(guardian.awaitFinished(LIMIT_NANOS)).isTrue();

        assertThat(present()).hasSize(PageProgram.PAGES);
        for (int i = 0; i < PageProgram.PAGES; i++) {
            assertThat(pages.run(Command.READ, i, 0)).isEqualTo(PageProgram.FIRST_VALUE + i);
        }
        assertThat(copy.counter(Counter.PLACED_ARRIVED)).isEqualTo(count);
    }

    @Test
    void whatTheProcessGaveBackComesAsZerosAndNeverWithItsOldContent() throws IOException, InterruptedException {
        dropAll(false);
        pages.run(Command.DISCARD, 7, 0);
        guardian.arrived(0, PageProgram.PAGES);
        assertThat(guardian.awaitFinished(LIMIT_NANOS)).isTrue();

        assertThat(pages.run(Command.READ, 7, 0)).isZero();
        assertThat(pages.run(Command.READ, 8, 0)).isEqualTo(PageProgram.FIRST_VALUE + 8);
        assertThat(copy.counter(Counter.GIVEN_BACK)).isEqualTo(1);
        assertThat(copy.counter(Counter.PLACED_ARRIVED)).isEqualTo(PageProgram.PAGES - 1);
    }

    @Test
    void aThreadThatWaitsForAPageThatIsGivenBackGoesOn() throws IOException, InterruptedException {
        dropAll(false);
        pages.run(Command.DISCARD, 9, 0);

        assertThat(pages.run(Command.READ, 9, 0)).isZero();
        eventually(() -> copy.counter(Counter.ZEROED) == 1);
        assertThat(requests).isEmpty();
    }

    @Test
    void aMissingPageThatIsMovedIsFoundWhereItIsNow() throws IOException, InterruptedException {
        dropAll(false);
        pages.run(Command.MOVE, 12, 0);

        assertThat(pages.run(Command.READ_MOVED, 0, 0)).isEqualTo(PageProgram.FIRST_VALUE + 12);
        guardian.arrived(0, PageProgram.PAGES);
        assertThat(guardian.awaitFinished(LIMIT_NANOS)).isTrue();
        assertThat(pages.run(Command.READ, 13, 0)).isEqualTo(PageProgram.FIRST_VALUE + 13);
    }

    @Test
    void afterTheLastPageWritesAreStillSeenIfThatWasAskedFor() throws IOException, InterruptedException {
        dropAll(true);
        guardian.arrived(0, PageProgram.PAGES);
        assertThat(guardian.awaitFinished(LIMIT_NANOS)).isTrue();
        pages.run(Command.WRITE, 20, 1);
        pages.run(Command.READ, 21, 0);

        assertThat(written()).containsExactly(20);
        assertThat(pages.run(Command.READ, 20, 0)).isEqualTo(1);
    }

    @Test
    void writesAreTrackedBeforeTheDropToo() throws IOException, InterruptedException {
        userfaultfd.register(start, address(PageProgram.PAGES), RemoteUserfaultfd.WRITES);
        assertThat(written()).hasSize(PageProgram.PAGES);
        pages.run(Command.WRITE, 30, 77);
        prepare();
        assertThat(written()).containsExactly(30);

        guardian.drop(new long[] {address(30)}, new long[] {address(31)}, 1, true);
        guardian.resume();
        guardian.arrived(0, PageProgram.PAGES);
        assertThat(guardian.awaitFinished(LIMIT_NANOS)).isTrue();

        assertThat(pages.run(Command.READ, 30, 0)).isEqualTo(77);
        pages.run(Command.WRITE, 31, 5);
        assertThat(written()).containsExactly(31);
    }

    @Test
    void emptiedPagesAreZerosAtOnceAndNobodyIsAsked() throws IOException {
        prepare();
        guardian.empty(new long[] {address(40)}, new long[] {address(42)}, 1);
        guardian.drop(new long[] {address(50)}, new long[] {address(51)}, 1, false);
        guardian.resume();

        assertThat(pages.run(Command.READ, 41, 0)).isZero();
        assertThat(pages.run(Command.READ, 42, 0)).isEqualTo(PageProgram.FIRST_VALUE + 42);
        assertThat(requests).isEmpty();
        assertThat(copy.counter(Counter.REMAINING)).isEqualTo(1);
    }

    @Test
    void aProcessThatWaitsForAPageCanBePausedAgain() throws IOException, InterruptedException {
        dropAll(false);
        pages.give(Command.READ, 5, 0);
        assertThat(requests.poll(30, TimeUnit.SECONDS)).isEqualTo(5);
        guardian.pause(LIMIT_NANOS);
        guardian.resume();
        assertThat(requests).as("asked for once, whoever waits").isEmpty();
        guardian.arrivedOnRequest(5);
        pages.await(() -> {});
        assertThat(pages.value()).isEqualTo(PageProgram.FIRST_VALUE + 5);
    }

    @Test
    void inAStoppedProcessEveryPageOfARangeMustBeTracked() {
        userfaultfd.register(start, address(10), RemoteUserfaultfd.WRITES);
        guardian.pause(LIMIT_NANOS);
        List<Integer> found = new ArrayList<>();
        try (Pagemap pagemap = Pagemap.open(target.pid())) {
            pagemap.scanWrittenOfStopped(start, address(10), (from, to) -> addPages(from, to, found));
            assertThat(found).hasSize(10);
            assertThatThrownBy(() -> pagemap.scanWrittenOfStopped(start, address(11), (from, to) -> {}))
                    .isInstanceOf(SystemCallException.class)
                    .hasMessageContaining("EPERM");
        }
    }

    @Test
    void whatCannotBeDroppedIsRefusedAndNothingIsLost() throws IOException {
        prepare();
        long outside = address(PageProgram.PAGES) + (1L << 40);
        assertThatThrownBy(() -> guardian.drop(new long[] {outside}, new long[] {outside + PAGE}, 1, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0x" + Long.toHexString(outside));
        guardian.resume();
        assertThat(pages.run(Command.READ, 1, 0)).isEqualTo(PageProgram.FIRST_VALUE + 1);
    }

    private static void eventually(BooleanSupplier holds) throws InterruptedException {
        long end = System.nanoTime() + LIMIT_NANOS;
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).as("written down in time").isLessThan(end);
            Thread.sleep(1);
        }
    }

    private void prepare() {
        guardian.pause(LIMIT_NANOS);
        copy.addSpan(start, address(PageProgram.PAGES));
        try (ProcessMemory memory = ProcessMemory.of(target.pid())) {
            copy.save(memory, new long[] {start}, new long[] {address(PageProgram.PAGES)}, 1, (from, to) -> {
                throw new IllegalStateException("cannot read");
            });
        }
    }

    private void dropAll(boolean tracked) throws IOException {
        prepare();
        guardian.drop(new long[] {start}, new long[] {address(PageProgram.PAGES)}, 1, tracked);
        assertThat(present()).isEmpty();
        guardian.resume();
    }

    private List<Integer> present() {
        List<Integer> found = new ArrayList<>();
        try (Pagemap pagemap = Pagemap.open(target.pid())) {
            pagemap.scanPresent(start, address(PageProgram.PAGES), (from, to) -> addPages(from, to, found));
        }
        return found;
    }

    private List<Integer> written() {
        List<Integer> found = new ArrayList<>();
        try (Pagemap pagemap = Pagemap.open(target.pid())) {
            pagemap.scanWritten(start, address(PageProgram.PAGES), (from, to) -> addPages(from, to, found));
        }
        return found;
    }

    private void addPages(long from, long to, List<Integer> found) {
        for (long at = from; at < to; at += PAGE) {
            found.add((int) ((at - start) / PAGE));
        }
    }

    private long address(int page) {
        return start + (long) page * PAGE;
    }
}
