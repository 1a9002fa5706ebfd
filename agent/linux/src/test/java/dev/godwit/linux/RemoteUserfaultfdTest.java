package dev.godwit.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.linux.PageProgram.Command;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemoteUserfaultfdTest {
    private static final long SYS_MADVISE = 28;
    private static final long LIMIT_NANOS = Duration.ofSeconds(20).toNanos();
    private static final int PAGE = PageSize.bytes();

    @TempDir
    Path directory;

    private ForeignJvm target;
    private PageProgram.Remote pages;
    private long start;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        Path file = directory.resolve("commands");
        pages = new PageProgram.Remote(file);
        target = ForeignJvm.start(
                Path.of(System.getProperty("java.home")),
                List.of("-Xmx32m", "-XX:+UseSerialGC"),
                PageProgram.class,
                file.toString());
        target.awaitOutput(";", Duration.ofMinutes(1));
        start = Long.parseLong(target.output().replaceAll("(?s).*pages=(\\d+);.*", "$1"));
    }

    @AfterEach
    void kill() throws IOException {
        target.close();
    }

    @Test
    void exactlyThePagesThatAnotherProcessWritesAreReported() {
        try (Ptrace ptrace = Ptrace.of(target.pid());
                Pagemap pagemap = Pagemap.open(target.pid());
                RemoteUserfaultfd tracker = open(() -> RemoteUserfaultfd.forTracking(ptrace))) {
            tracker.register(start, end(), RemoteUserfaultfd.WRITES);
            assertThat(written(pagemap)).hasSize(PageProgram.PAGES);

            assertThat(written(pagemap)).isEmpty();
            pages.run(Command.WRITE, 3, 1);
            pages.run(Command.READ, 5, 0);
            pages.run(Command.WRITE, 9, 1);

            assertThat(written(pagemap)).containsExactly(3, 9);
        }
        assertThat(pages.run(Command.READ, 9, 0)).isEqualTo(1);
    }

    @Test
    void theProcessKeepsNoDescriptorOfIt() {
        // Behind its first command it has loaded all classes, and so opens no files any more.
        pages.run(Command.READ, 0, 0);
        int before = descriptors();
        try (Ptrace ptrace = Ptrace.of(target.pid());
                RemoteUserfaultfd fault = open(() -> RemoteUserfaultfd.forMissingPages(ptrace))) {
            assertThat(fault.fd()).isPositive();
            assertThat(descriptors()).isEqualTo(before);
        }
    }

    @Test
    void aMissingPageComesWhenItIsTouchedAndOthersWhenTheyAreSent() {
        try (Ptrace ptrace = Ptrace.of(target.pid());
                RemoteUserfaultfd fault = open(() -> RemoteUserfaultfd.forMissingPages(ptrace));
                UserfaultfdEvents events = new UserfaultfdEvents();
                NativeBuffer source = sourcePages()) {
            fault.register(start, end(), RemoteUserfaultfd.MISSING);
            List<String> told = drop(fault);
            assertThat(told).containsExactly("remove 0-" + PageProgram.PAGES);

            pages.give(Command.READ, 5, 0);
            List<Integer> asked = new ArrayList<>();
            pages.await(() -> {
                if (events.read(fault) > 0) {
                    assertThat(events.event(0)).isEqualTo(UserfaultfdEvents.PAGEFAULT);
                    int page = page(events.faultAddress(0));
                    asked.add(page);
                    assertThat(copy(fault, source, page, 1)).isEqualTo(PAGE);
                }
            });
            assertThat(asked).containsExactly(5);
            assertThat(pages.value()).isEqualTo(7005);

            assertThat(copy(fault, source, 5, 1)).isEqualTo(-Errno.EEXIST);
            assertThat(copy(fault, source, 2, 8))
                    .as("up to the page that is there")
                    .isEqualTo(3L * PAGE);
            assertThat(pages.run(Command.READ, 4, 0)).isEqualTo(7004);
            assertThat(fault.zero(address(20), PAGE)).isEqualTo(PAGE);
            assertThat(pages.run(Command.READ, 20, 0)).isZero();
            assertThat(fault.copy(PAGE, source.address(), PAGE, false)).isEqualTo(-Errno.ENOENT);
            assertThat(fault.isAlive(source.address())).isTrue();
        }
        assertThat(pages.run(Command.READ, 40, 0)).as("after the end of it").isZero();
    }

    @Test
    void pagesThatComeTrackedAreReportedOnceTheyAreWritten() {
        try (Ptrace ptrace = Ptrace.of(target.pid());
                Pagemap pagemap = Pagemap.open(target.pid());
                RemoteUserfaultfd fault = open(() -> RemoteUserfaultfd.forMissingPages(ptrace));
                NativeBuffer source = sourcePages()) {
            fault.register(start, end(), RemoteUserfaultfd.MISSING + RemoteUserfaultfd.WRITES);
            drop(fault);
            long all = (long) PageProgram.PAGES * PAGE;
            assertThat(fault.copy(start, source.address(), all, true)).isEqualTo(all);

            pages.run(Command.WRITE, 7, 1);
            pages.run(Command.READ, 8, 0);

            assertThat(written(pagemap)).containsExactly(7);
        }
    }

    @Test
    void writesAreSeenAfterTheRangeWasRegisteredForMissingPagesInBetween() {
        try (Ptrace ptrace = Ptrace.of(target.pid());
                Pagemap pagemap = Pagemap.open(target.pid())) {
            try (RemoteUserfaultfd first = open(() -> RemoteUserfaultfd.forMissingPages(ptrace))) {
                first.register(start, end(), RemoteUserfaultfd.WRITES);
                written(pagemap);
                first.register(start, end(), RemoteUserfaultfd.MISSING);
                pages.run(Command.WRITE, 3, 1);
            }
            try (RemoteUserfaultfd second = open(() -> RemoteUserfaultfd.forTracking(ptrace))) {
                second.register(start, end(), RemoteUserfaultfd.WRITES);
                assertThat(written(pagemap)).hasSize(PageProgram.PAGES);
                pages.run(Command.WRITE, 3, 2);
                assertThat(written(pagemap)).containsExactly(3);
            }
        }
    }

    @Test
    void whatCountsAsWrittenIsReportedWithoutAWrite() {
        try (Ptrace ptrace = Ptrace.of(target.pid());
                Pagemap pagemap = Pagemap.open(target.pid());
                RemoteUserfaultfd tracker = open(() -> RemoteUserfaultfd.forTracking(ptrace))) {
            assertThat(tracker.countAsWritten(start, PAGE)).isEqualTo(-Errno.ENOENT);
            tracker.register(start, end(), RemoteUserfaultfd.WRITES);
            written(pagemap);
            assertThat(tracker.countAsWritten(address(4), 2L * PAGE)).isZero();
            assertThat(written(pagemap)).containsExactly(4, 5);
        }
    }

    @Test
    void whatTheProcessGivesBackIsTold() {
        try (Ptrace ptrace = Ptrace.of(target.pid());
                RemoteUserfaultfd fault = open(() -> RemoteUserfaultfd.forMissingPages(ptrace));
                UserfaultfdEvents events = new UserfaultfdEvents()) {
            fault.register(start, end(), RemoteUserfaultfd.MISSING);
            List<String> told = new ArrayList<>();
            pages.give(Command.DISCARD, 11, 0);
            pages.await(() -> collect(fault, events, told));

            assertThat(told).containsExactly("remove 11-12");
        }
    }

    @Test
    void aSecondHolderRegistersWhatTheFirstOneServes() {
        try (Ptrace ptrace = Ptrace.of(target.pid());
                RemoteUserfaultfd first = open(() -> RemoteUserfaultfd.forTracking(ptrace));
                RemoteUserfaultfd second =
                        RemoteUserfaultfd.takeFrom(ProcessHandle.current().pid(), first.fd());
                Pagemap pagemap = Pagemap.open(target.pid())) {
            second.register(start, end(), RemoteUserfaultfd.WRITES);
            written(pagemap);
            pages.run(Command.WRITE, 1, 1);
            assertThat(written(pagemap)).containsExactly(1);
        }
    }

    @Test
    void aProcessThatEndedIsNoticed() throws IOException, InterruptedException {
        try (Ptrace ptrace = Ptrace.of(target.pid());
                RemoteUserfaultfd fault = open(() -> RemoteUserfaultfd.forMissingPages(ptrace));
                NativeBuffer source = sourcePages()) {
            target.kill();
            assertThat(fault.isAlive(source.address())).isFalse();
            assertThat(copy(fault, source, 0, 1)).isEqualTo(-Errno.ESRCH);
            assertThatThrownBy(() -> fault.register(start, end(), RemoteUserfaultfd.MISSING))
                    .isInstanceOf(SystemCallException.class)
                    .hasMessageContaining("UFFDIO_REGISTER");
        }
    }

    /** Gives all pages of the program back from outside, as a migration does. */
    private List<String> drop(RemoteUserfaultfd fault) {
        List<String> told = new ArrayList<>();
        try (UserfaultfdEvents events = new UserfaultfdEvents();
                Ptrace stopped = Ptrace.of(target.pid(), () -> collect(fault, events, told) > 0)) {
            stopped.stopAll(LIMIT_NANOS);
            try (SystemCallInjection injection = SystemCallInjection.into(stopped, LIMIT_NANOS)) {
                injection.call("madvise", SYS_MADVISE, start, end() - start, LibC.MADV_DONTNEED);
            }
        }
        return told;
    }

    private int collect(RemoteUserfaultfd fault, UserfaultfdEvents events, List<String> told) {
        int count = events.read(fault);
        for (int i = 0; i < count; i++) {
            String name = events.event(i) == UserfaultfdEvents.REMOVE ? "remove " : "event " + events.event(i) + " ";
            told.add(name + page(events.start(i)) + "-" + page(events.endOrTarget(i)));
        }
        return count;
    }

    private long copy(RemoteUserfaultfd fault, NativeBuffer source, int page, int count) {
        return fault.copy(address(page), source.address() + (long) page * PAGE, (long) count * PAGE, false);
    }

    private static NativeBuffer sourcePages() {
        NativeBuffer source = NativeBuffer.shared((long) PageProgram.PAGES * PAGE);
        for (int i = 0; i < PageProgram.PAGES; i++) {
            source.slice((long) i * PAGE, PAGE).putLong(0, 7000 + i);
        }
        return source;
    }

    private List<Integer> written(Pagemap pagemap) {
        List<Integer> found = new ArrayList<>();
        pagemap.scanWritten(start, end(), (from, to) -> {
            for (long at = from; at < to; at += PAGE) {
                found.add(page(at));
            }
        });
        return found;
    }

    private int page(long address) {
        return (int) ((address - start) / PAGE);
    }

    private long address(int page) {
        return start + (long) page * PAGE;
    }

    private long end() {
        return address(PageProgram.PAGES);
    }

    private int descriptors() {
        String[] names = new File("/proc/" + target.pid() + "/fd").list();
        return names == null ? -1 : names.length;
    }

    private static RemoteUserfaultfd open(java.util.function.Supplier<RemoteUserfaultfd> how) {
        try {
            return how.get();
        } catch (SystemCallException | NativeAccessException refused) {
            assumeTrue(false, "no userfaultfd in another process here: " + refused.getMessage());
            throw refused;
        }
    }
}
