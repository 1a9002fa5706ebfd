package dev.godwit.linux.guardian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.linux.ForeignJvm;
import dev.godwit.linux.JdkHomes;
import dev.godwit.linux.NativeBuffer;
import dev.godwit.linux.PageSize;
import dev.godwit.linux.ProcessMaps;
import dev.godwit.linux.ProcessMemory;
import dev.godwit.linux.RemoteUserfaultfd;
import dev.godwit.linux.RemoteWrites;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A running JVM is copied round by round from outside; when it stands, the copy must be equal to it page for page. */
class LivePreCopyTest {
    private static final int PAGE = PageSize.bytes();
    private static final long LIMIT_NANOS = Duration.ofSeconds(30).toNanos();

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "17,G1,true",
        "17,Parallel,false",
        "17,Serial,false",
        "25,G1,false",
        "25,Parallel,true",
        "25,Serial,false"
    })
    void theCopyEqualsTheStoppedProcess(int release, String collector, boolean tracksMissing)
            throws IOException, InterruptedException {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "tracking from outside is for x86-64");
        assumeTrue(System.getProperty("user.name").equals("root"), "another JVM's memory needs root");
        Optional<Path> home = JdkHomes.find(release);
        assumeTrue(home.isPresent(), "no JDK " + release);
        Path file = directory.resolve("program");
        SelfCheckingProgram.Remote program = new SelfCheckingProgram.Remote(file);
        try (ForeignJvm target = ForeignJvm.start(
                        home.get(),
                        List.of("-Xmx128m", "-XX:+Use" + collector + "GC"),
                        SelfCheckingProgram.class,
                        file.toString());
                SafetyCopy copy = SafetyCopy.create(1 << 22)) {
            target.awaitOutput("running", Duration.ofMinutes(1));
            try (Guardian guardian = Guardian.start(target.pid(), copy, slot -> {})) {
                RemoteUserfaultfd fault = guardian.openUserfaultfd(tracksMissing);
                migrate(target, program, copy, guardian, fault);
                guardian.resume();
            }
            awaitRounds(program, target, program.rounds() + 100);
            program.stop();
            assertThat(target.awaitEnd(Duration.ofMinutes(1))).contains("errors=0 ");
        }
    }

    private static void migrate(
            ForeignJvm target,
            SelfCheckingProgram.Remote program,
            SafetyCopy copy,
            Guardian guardian,
            RemoteUserfaultfd fault)
            throws IOException, InterruptedException {
        long pid = target.pid();
        try (RemoteWrites writes = RemoteWrites.of(pid, fault);
                ProcessMemory memory = ProcessMemory.of(pid)) {
            leaveOutTheLargest(pid, writes);
            for (int round = 0; round < 6; round++) {
                Ranges written = new Ranges();
                writes.scan(written::add);
                assertThat(written.starts).isNotEmpty();
                // What the process gave back meanwhile cannot be read, and is zeros or reported again.
                written.save(copy, memory, new Ranges());
                Thread.sleep(30);
                awaitRounds(program, target, program.rounds() + 1);
            }
            guardian.pause(LIMIT_NANOS);
            Ranges written = new Ranges();
            Ranges present = new Ranges();
            writes.scanStopped(written::add, present::add);
            Ranges unreadable = new Ranges();
            written.save(copy, memory, unreadable);
            assertThat(unreadable.starts).isEmpty();
            assertThat(written.pages()).isLessThan(present.pages());
            assertThat(stalePages(copy, memory, present)).isEmpty();
        }
    }

    /** Until it has checked and written so many arrays, however long it waits for a processor. */
    private static void awaitRounds(SelfCheckingProgram.Remote program, ForeignJvm target, long rounds)
            throws InterruptedException {
        while (program.rounds() < rounds && target.isAlive()) {
            Thread.sleep(5);
        }
    }

    /** A part of the heap that is not tracked must be in the copy all the same. */
    private static void leaveOutTheLargest(long pid, RemoteWrites writes) throws IOException {
        ProcessMaps.Entry largest = null;
        for (ProcessMaps.Entry mapping : ProcessMaps.of(pid).read()) {
            boolean larger = largest == null || mapping.end() - mapping.start() > largest.end() - largest.start();
            if (RemoteWrites.isTracked(mapping) && mapping.isWritable() && larger) {
                largest = mapping;
            }
        }
        long quarter = PageSize.roundDown((largest.end() - largest.start()) / 4);
        writes.leaveOut(new long[] {largest.start() + quarter}, new long[] {largest.start() + 2 * quarter});
    }

    private static List<String> stalePages(SafetyCopy copy, ProcessMemory memory, Ranges present) {
        List<String> stale = new ArrayList<>();
        try (NativeBuffer page = NativeBuffer.shared(PAGE)) {
            for (int i = 0; i < present.starts.size(); i++) {
                for (long at = present.starts.get(i); at < present.ends.get(i); at += PAGE) {
                    int slot = copy.spans().slotOf(at);
                    boolean equal = slot >= 0
                            && memory.read(at, page.address(), PAGE) == PAGE
                            && page.slice(0, PAGE).equals(copy.pages(slot, 1));
                    if (!equal) {
                        stale.add(Long.toHexString(at));
                    }
                }
            }
        }
        return stale;
    }

    private static final class Ranges {
        private final List<Long> starts = new ArrayList<>();
        private final List<Long> ends = new ArrayList<>();

        void add(long start, long end) {
            starts.add(start);
            ends.add(end);
        }

        long pages() {
            long pages = 0;
            for (int i = 0; i < starts.size(); i++) {
                pages += (ends.get(i) - starts.get(i)) / PAGE;
            }
            return pages;
        }

        void save(SafetyCopy copy, ProcessMemory memory, Ranges unreadable) {
            for (int i = 0; i < starts.size(); i++) {
                copy.cover(starts.get(i), ends.get(i));
            }
            copy.save(
                    memory,
                    starts.stream().mapToLong(Long::longValue).toArray(),
                    ends.stream().mapToLong(Long::longValue).toArray(),
                    starts.size(),
                    unreadable::add);
        }
    }
}
